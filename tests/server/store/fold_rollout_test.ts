import assert from "node:assert/strict";
import { listAgents } from "../../../server/store/agents.ts";
import { rebuild } from "../../../server/store/commit.ts";
import { findJob } from "../../../server/store/jobs.ts";
import type {
  DispatchEvent,
  EventPayload,
  ThreadEvent,
  TurnRow,
  TurnStartedEvent,
} from "../../../server/wire.ts";
import { markersOf, readRollout, rolloutLines, rolloutNames } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

const recording = (name: string) => readRollout(rolloutLines(name), name);

const dispatch = (job_id: string, ts: number): DispatchEvent => ({
  type: "dispatch",
  ts,
  job_id,
  agent: "fast",
  driver: "builtin",
  prompt_text: "p",
  prompt_hash: null,
  prompt_bytes: 1,
});

function turns(test: TestStore): TurnRow[] {
  return test.store.all<TurnRow>("SELECT * FROM turns ORDER BY started_ts");
}

Deno.test("a job's tokens and end are those of the turn that its marker is in", () => {
  using test = new TestStore();
  const events = recording("rollout-simple");
  const [first, second] = markersOf(events);
  assert.ok(first && second);
  test.commit(dispatch(first, events[0]!.ts - 100), dispatch(second, events[0]!.ts - 50));
  test.commit(...events);
  for (const id of [first, second]) {
    const job = findJob(test.store, id)!;
    assert.equal(job.status, "done");
    assert.equal(job.status_source, "rollout");
    assert.equal(job.receipt, "turn_started");
    assert.equal(job.model, "gpt-6.1-sol");
    assert.deepEqual(
      [job.prompt_tokens_exact, job.completion_tokens_exact, job.total_tokens_exact],
      [1200, 85, 1285],
    );
  }
  const [agent] = listAgents(test.store);
  assert.deepEqual([agent?.status, agent?.status_source], ["idle", "rollout"]);
});

Deno.test("two jobs in one turn: both show its tokens, which are counted once", () => {
  using test = new TestStore();
  const events = recording("rollout-two-jobs-one-turn");
  const ids = markersOf(events);
  test.commit(...ids.map((id) => dispatch(id, events[0]!.ts - 100)), ...events);
  const [turn] = turns(test);
  assert.deepEqual(JSON.parse(String(turn?.job_ids)), ids);
  assert.deepEqual(ids.map((id) => findJob(test.store, id)?.shared_with), [1, 1]);
  const totals = ids.map((id) => findJob(test.store, id)?.total_tokens_exact);
  assert.deepEqual(totals, [turn?.total_tokens, turn?.total_tokens]);
  const sum = test.store.get<{ sum: number }>("SELECT SUM(total_tokens) AS sum FROM responses");
  assert.equal(sum?.sum, turn?.total_tokens);
});

for (
  const [name, status, detail] of [
    ["rollout-interrupted", "cancelled", null],
    [
      "rollout-usage-limit",
      "error",
      "You’ve hit your usage limit. Visit https://chatgpt.com/settings/usage to purchase more " +
      "credits or try again at Mar 17th, 2030 5:46 PM.",
    ],
    ["rollout-approval-pending", "running", null],
  ] as const
) {
  Deno.test(`${name} leaves its job ${status}`, () => {
    using test = new TestStore();
    const events = recording(name);
    const [id] = markersOf(events);
    test.commit(dispatch(id!, events[0]!.ts - 100), ...events);
    const job = findJob(test.store, id!)!;
    assert.deepEqual([job.status, job.status_detail], [status, detail]);
  });
}

Deno.test("a title that says idle a moment too early is put right by the session file", () => {
  using test = new TestStore();
  const events = recording("rollout-usage-limit");
  const [id] = markersOf(events);
  const end = events.findIndex((event) => event.type === "turn_ended");
  test.commit(dispatch(id!, events[0]!.ts - 100), ...events.slice(0, end));
  const idle: EventPayload = {
    type: "agent_state",
    ts: events[end]!.ts - 1,
    agent: "fast",
    status: "idle",
    status_source: "title",
    status_detail: null,
    outcome: null,
  };
  test.commit(idle);
  assert.equal(findJob(test.store, id!)?.status, "done");
  test.commit(...events.slice(end));
  assert.equal(findJob(test.store, id!)?.status, "error");
});

Deno.test("a screen that is read after the session file's end changes nothing", () => {
  using test = new TestStore();
  const events = recording("rollout-simple");
  const [, last] = markersOf(events);
  test.commit(dispatch(last!, events[0]!.ts - 100), ...events);
  test.commit({
    type: "agent_state",
    ts: events.at(-1)!.ts + 100,
    agent: "fast",
    status: "idle",
    status_source: "screen",
    status_detail: null,
    outcome: "interrupted",
  });
  const job = findJob(test.store, last!)!;
  assert.deepEqual([job.status, job.status_source], ["done", "rollout"]);
});

Deno.test("an older session file that is read later says nothing of what its agent does now", () => {
  using test = new TestStore();
  const older = recording("rollout-simple-nodaemon");
  const newer = recording("rollout-approval-pending");
  assert.ok(older[0]!.ts < newer[0]!.ts);
  for (const events of [newer, older]) {
    const ids = markersOf(events);
    test.commit(...ids.map((id) => dispatch(id, events[0]!.ts - 100)), ...events);
  }
  const [agent] = listAgents(test.store);
  assert.deepEqual([agent?.status, agent?.status_source], ["working", "rollout"]);
  assert.equal(agent?.job_id, markersOf(newer)[0]);
});

Deno.test("the same session file read twice counts once", () => {
  using test = new TestStore();
  const events = recording("rollout-exec");
  test.commit(...events);
  const before = test.dump();
  test.commit(...events.filter((event) => event.type === "usage"));
  assert.deepEqual(test.dump(), before);
});

Deno.test("a prompt that codexctl typed by itself becomes a job with its exact tokens", () => {
  using test = new TestStore();
  const events = recording("rollout-exec");
  test.commit(...events);
  const [id] = markersOf(events);
  const job = findJob(test.store, id!)!;
  assert.equal(job.prompt_text, "mock:exec=ls; echo to-stderr >&2; exit 3");
  assert.equal(job.total_tokens_exact, 1540 + 1725);
  assert.equal(job.agent, null);
});

Deno.test("rows rebuilt from every recording equal the live ones", () => {
  using test = new TestStore();
  for (const name of rolloutNames()) {
    const events = recording(name);
    for (const id of markersOf(events)) test.commit(dispatch(id, events[0]!.ts - 10));
    for (const event of events) test.commit(event);
  }
  const before = test.dump();
  assert.ok(before["turns"]!.length > 20);
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
});

Deno.test("a sub-agent's tokens are shown on the parent's job, apart from its own", () => {
  using test = new TestStore();
  const events = recording("rollout-simple").slice(0, -1);
  const [job_id, open] = markersOf(events);
  const start = events.findLast((event) => event.type === "turn_started")!;
  const head = { ts: start.ts + 1, thread_id: "child" };
  const usage = {
    input_tokens: 30,
    cached_input_tokens: 0,
    output_tokens: 12,
    reasoning_output_tokens: 0,
    total_tokens: 42,
    limits: null,
  };
  test.commit(
    dispatch(open!, events[0]!.ts - 10),
    ...events,
    {
      ...events[0] as ThreadEvent,
      ...head,
      root_thread_id: start.thread_id,
      parent_thread_id: start.thread_id,
    },
    {
      ...start as TurnStartedEvent,
      ...head,
      turn_id: "child-turn",
      root_turn_id: (start as TurnStartedEvent).turn_id,
    },
    { type: "usage", ...head, turn_id: "child-turn", response_id: "child-response", ...usage },
  );
  const job = findJob(test.store, open!)!;
  assert.equal(job.sub_agent_tokens_exact, 42);
  assert.equal(job.total_tokens_exact, 1285);
  assert.equal(findJob(test.store, job_id!)?.sub_agent_tokens_exact, null);
  const child = test.store.get<{ agent: string }>(
    "SELECT agent FROM threads WHERE thread_id = 'child'",
  );
  assert.equal(child?.agent, "fast");
});

Deno.test("a pane that is known to run a thread maps it, also against a marker", () => {
  using test = new TestStore();
  const events = recording("rollout-approval-pending");
  const [job_id] = markersOf(events);
  test.commit(dispatch(job_id!, events[0]!.ts - 100), ...events);
  const { thread_id } = findJob(test.store, job_id!)!;
  const ts = events.at(-1)!.ts + 1;
  const mapped = { type: "thread_mapped", ts, pane_id: "%2", via: "lock" } as const;
  test.commit({ ...mapped, agent: "deep", thread_id: thread_id! });
  const deep = listAgents(test.store).find((agent) => agent.agent === "deep");
  assert.deepEqual([deep?.status, deep?.status_source], ["working", "rollout"]);
});

Deno.test("an approval contradicts no session file, in which its turn runs on", () => {
  using test = new TestStore();
  const events = recording("rollout-approval-pending");
  const [job_id] = markersOf(events);
  test.commit(dispatch(job_id!, events[0]!.ts - 100), ...events);
  test.commit({
    type: "agent_state",
    ts: events.at(-1)!.ts + 1,
    agent: "fast",
    status: "approval",
    status_source: "title",
    status_detail: null,
    outcome: null,
  });
  const [agent] = listAgents(test.store);
  assert.deepEqual([agent?.status, agent?.status_conflict], ["approval", null]);
  assert.equal(findJob(test.store, job_id!)?.status, "blocked");
});

Deno.test("a pane that is gone ends no job whose turn may run on in Codex's daemon", () => {
  using test = new TestStore();
  const events = recording("rollout-approval-pending");
  const [job_id] = markersOf(events);
  test.commit(dispatch(job_id!, events[0]!.ts - 100), ...events);
  const turn = events.find((event) => event.type === "turn_started");
  assert.ok(job_id && turn);
  const ts = events.at(-1)!.ts + 1;
  test.commit({
    ...{ type: "agent_state", ts, agent: "fast", status: "missing", status_source: "screen" },
    ...{ status_detail: "Its pane is gone", outcome: null },
  });
  assert.equal(findJob(test.store, job_id)?.status, "running");
  const { thread_id, turn_id } = turn;
  test.commit({ type: "turn_lost", ts: ts + 1, thread_id, turn_id });
  assert.equal(findJob(test.store, job_id)?.status, "error");
});

Deno.test("a sub-agent whose file is read first is its parent's agent's all the same", () => {
  using test = new TestStore();
  const child = recording("rollout-subagent-child");
  const born = child.find((event): event is ThreadEvent => event.type === "thread");
  assert.ok(born?.parent_thread_id);
  test.commit(...child);
  const parent = { ...born, thread_id: born.parent_thread_id, parent_thread_id: null };
  const pane = { agent: "fast", pane_id: "%1", via: "lock" } as const;
  test.commit(parent, { type: "thread_mapped", ts: 1, thread_id: parent.thread_id, ...pane });
  const agents = test.store.all<{ agent: string }>("SELECT agent FROM threads");
  assert.deepEqual(agents.map(({ agent }) => agent), ["fast", "fast"]);
  const before = test.dump();
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
});
