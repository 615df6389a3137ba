import assert from "node:assert/strict";
import { listAgents } from "../../../server/store/agents.ts";
import { rebuild } from "../../../server/store/commit.ts";
import { findJob } from "../../../server/store/jobs.ts";
import type { EventPayload, ThreadStatus } from "../../../server/wire.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

/** An agent whose turn waits for an approval, which its session file does not say. */
function waiting(test: TestStore) {
  const events = readRollout(rolloutLines("rollout-approval-pending"), "rollout-approval-pending");
  const [job_id = ""] = markersOf(events);
  const ts = events.at(-1)!.ts;
  test.commit({
    type: "dispatch",
    ts: events[0]!.ts - 100,
    job_id,
    agent: "fast",
    driver: "builtin",
    prompt_text: "p",
    prompt_hash: null,
    prompt_bytes: 1,
  }, ...events);
  const thread_id = findJob(test.store, job_id)?.thread_id ?? "";
  const say = (status: ThreadStatus | null, after: number, id = thread_id): EventPayload => (
    { type: "thread_status", ts: ts + after, thread_id: id, status }
  );
  return { job_id, thread_id, ts, say };
}

function fast(test: TestStore) {
  const agent = listAgents(test.store).find(({ agent }) => agent === "fast");
  return [agent?.status, agent?.status_source, agent?.status_conflict];
}

Deno.test("an approval that the daemon tells of blocks the turn's job, its answer frees it", () => {
  using test = new TestStore();
  const { job_id, say } = waiting(test);
  test.commit(say("approval", 10));
  assert.deepEqual(fast(test), ["approval", "socket", null]);
  assert.equal(findJob(test.store, job_id)?.status, "blocked");
  test.commit(say("working", 20));
  assert.deepEqual(fast(test), ["working", "socket", null]);
  assert.equal(findJob(test.store, job_id)?.status, "running");
});

Deno.test("what the daemon says no more is the next tier's to say", () => {
  using test = new TestStore();
  const { say } = waiting(test);
  test.commit(say("approval", 10), say(null, 20));
  assert.deepEqual(fast(test), ["working", "rollout", null]);
});

Deno.test("of tiers that say the same the daemon is named, also when they said it later", () => {
  using test = new TestStore();
  const { ts, say } = waiting(test);
  const title = { type: "agent_state", agent: "fast", status_source: "title" } as const;
  const rest = { status_detail: null, outcome: null } as const;
  test.commit(
    say("approval", 10),
    { ...title, ...rest, ts: ts + 11, status: "approval", status_detail: "Run it?" },
  );
  assert.deepEqual(fast(test), ["approval", "socket", null]);
  test.commit({ ...title, ...rest, ts: ts + 12, status: "working" });
  assert.deepEqual(fast(test).slice(0, 2), ["working", "title"]);
});

Deno.test("another thread's status is nothing to the agent that went on to a new one", () => {
  using test = new TestStore();
  const { ts, say } = waiting(test);
  const next = { thread_id: "next", agent: "fast", pane_id: "%1" };
  test.commit(
    {
      type: "thread",
      ts: ts + 1,
      thread_id: "next",
      root_thread_id: "next",
      parent_thread_id: null,
      forked_from_id: null,
      agent_nickname: null,
      agent_path: null,
      cwd: null,
      originator: null,
      cli_version: null,
      git_branch: null,
      format: "paginated",
      rollout: "next.jsonl",
    },
    say("idle", 2, "next"),
  );
  assert.deepEqual(fast(test), ["working", "rollout", null], "nobody's thread yet");
  test.commit({ type: "thread_mapped", ts: ts + 3, via: "lock", turn_id: null, ...next });
  assert.deepEqual(fast(test).slice(0, 2), ["idle", "socket"]);
  test.commit(say("approval", 10));
  assert.deepEqual(fast(test).slice(0, 2), ["idle", "socket"]);
});

Deno.test("a status of a thread that is not known, and rows rebuilt from the log", () => {
  using test = new TestStore();
  const { say } = waiting(test);
  test.commit(say("working", 5, "nobody"), say("approval", 10), say("working", 12));
  const live = test.dump();
  rebuild(test.store);
  assert.deepEqual(test.dump(), live);
});
