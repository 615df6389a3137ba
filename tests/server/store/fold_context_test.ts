import assert from "node:assert/strict";
import { findAgent } from "../../../server/store/agents.ts";
import { findJob } from "../../../server/store/jobs.ts";
import type { DispatchEvent, EventPayload, RolloutEvent } from "../../../server/wire.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

function sent(name: string): (DispatchEvent | RolloutEvent)[] {
  const events = readRollout(rolloutLines(name), name);
  const dispatches = markersOf(events).map((job_id): DispatchEvent => ({
    type: "dispatch",
    ts: events[0]!.ts - 10,
    job_id,
    agent: "fast",
    driver: "builtin",
    prompt_text: "p",
    prompt_hash: null,
    prompt_bytes: 1,
  }));
  return [...dispatches, ...events];
}

function context(test: TestStore): [tokens: number | null, kind: string | null] {
  const agent = findAgent(test.store, "fast")!;
  return [agent.context_tokens, agent.context_kind];
}

/** What the agent's context was after each event, where it became another. */
function contexts(test: TestStore, events: readonly EventPayload[]): unknown[] {
  const seen: unknown[] = [];
  for (const event of events) {
    test.commit(event);
    const now = context(test);
    if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
  }
  return seen;
}

Deno.test("context: fills, drops by an estimate at a compaction, is unknown after a context error", () => {
  using test = new TestStore();
  assert.deepEqual(contexts(test, sent("rollout-compacted")), [
    [null, null],
    [0, "exact"],
    [1285, "exact"],
    [150_900, "exact"],
    // The compaction's own response, and then Codex's estimate of what it left.
    [1285, "exact"],
    [null, null],
    [14_385, "estimated"],
    [1285, "exact"],
    // The context error: 103,645 of 258,400 is what Codex states, and what it cannot be.
    [null, null],
    [1285, "exact"],
    [1540, "exact"],
    [1725, "exact"],
  ]);
  assert.equal(findAgent(test.store, "fast")?.context_window, 258_400);
});

Deno.test("context: a new thread in the same pane is empty again, and fills by itself", () => {
  using test = new TestStore();
  test.commit(...sent("rollout-compacted"));
  assert.deepEqual(contexts(test, sent("rollout-new-thread")), [
    [1725, "exact"],
    [0, "exact"],
    [1285, "exact"],
  ]);
});

Deno.test("an older thread that is read later changes neither context, turn nor settings", () => {
  using test = new TestStore();
  test.commit(...sent("rollout-new-thread"));
  const before = findAgent(test.store, "fast");
  assert.equal(before?.context_tokens, 1285);
  test.commit(...sent("rollout-compacted"));
  const { thread_id, turn_id, turn_tokens, context_tokens } = findAgent(test.store, "fast")!;
  assert.deepEqual([thread_id, turn_id, turn_tokens, context_tokens], [
    before.thread_id,
    before.turn_id,
    1285,
    1285,
  ]);
});

Deno.test("a sub-agent's context is not its parent's; its tokens stand beside the turn's", () => {
  using test = new TestStore();
  test.commit(...sent("rollout-compacted"), ...sent("rollout-subagent-child"));
  const agent = findAgent(test.store, "fast")!;
  assert.deepEqual([agent.context_tokens, agent.turn_tokens, agent.turn_sub_agent_tokens], [
    1725,
    1540 + 1540 + 1725,
    1285,
  ]);
});

Deno.test("an agent in another pane runs another Codex: nothing of the last one is its own", () => {
  using test = new TestStore();
  const events = sent("rollout-compacted");
  const ts = events.at(-1)!.ts;
  const pane = { type: "agent_mapped", agent: "fast", window_name: "w", session: "s" } as const;
  test.commit({ ...pane, ts: events[0]!.ts - 20, pane_id: "%1" }, ...events);
  assert.equal(findAgent(test.store, "fast")?.context_tokens, 1725);
  test.commit({ ...pane, ts: ts + 1, pane_id: "%2" });
  assert.deepEqual(context(test), [null, null]);
  test.commit(events.findLast((event) => event.type === "limits")!);
  assert.deepEqual(context(test), [null, null]);
});

Deno.test("model, effort, sandbox and approval policy are those of the turn, on agent and job", () => {
  using test = new TestStore();
  const events = sent("rollout-simple");
  const [first, second] = markersOf(readRollout(rolloutLines("rollout-simple")));
  let seen = 0;
  test.commit(...events.map((event) =>
    event.type === "turn_context"
      ? {
        ...event,
        effort: ["low", "high"][seen]!,
        sandbox: ["read-only", "danger-full-access"][seen]!,
        approval_policy: ["on-request", "never"][seen++]!,
      }
      : event
  ));
  const settings = (row: { effort: unknown; sandbox: unknown; approval_policy: unknown }) => [
    row.effort,
    row.sandbox,
    row.approval_policy,
  ];
  assert.deepEqual(settings(findJob(test.store, first!)!), ["low", "read-only", "on-request"]);
  assert.deepEqual(settings(findJob(test.store, second!)!), [
    "high",
    "danger-full-access",
    "never",
  ]);
  assert.deepEqual(settings(findAgent(test.store, "fast")!), [
    "high",
    "danger-full-access",
    "never",
  ]);
});
