import assert from "node:assert/strict";
import { listAgents } from "../../../server/store/agents.ts";
import { rebuild } from "../../../server/store/commit.ts";
import { findJob, listJobs } from "../../../server/store/jobs.ts";
import type {
  AgentStateEvent,
  DispatchEvent,
  EventPayload,
  ReceiptEvent,
} from "../../../server/wire.ts";
import { TestStore } from "../../support/store.ts";

const MARKER = "1a95656c-9138-4293-8e3b-6d8b09f47dad";

let clock = 1_795_000_000_000;
const tick = (ms = 100) => clock += ms;

function dispatch(job_id: string, fields: Partial<DispatchEvent> = {}): DispatchEvent {
  return {
    type: "dispatch",
    ts: tick(),
    job_id,
    agent: "fast",
    prompt_text: "say hello",
    prompt_hash: "ab",
    prompt_bytes: 9,
    ...fields,
  };
}

function state(
  status: AgentStateEvent["status"],
  fields: Partial<AgentStateEvent> = {},
): AgentStateEvent {
  return {
    type: "agent_state",
    ts: tick(),
    agent: "fast",
    pane_id: "%1",
    status,
    status_source: "title",
    status_detail: null,
    outcome: null,
    ...fields,
  };
}

function receipt(job_id: string, kind: ReceiptEvent["receipt"]): ReceiptEvent {
  return { type: "receipt", ts: tick(), job_id, agent: "fast", receipt: kind };
}

const mapped = (agent: string, pane_id: string): EventPayload => ({
  type: "agent_mapped",
  ts: tick(),
  agent,
  pane_id,
  window_name: agent,
  session: "codexctl",
});

function output(text: string, fields: Partial<EventPayload> = {}): EventPayload {
  return {
    type: "controller_output",
    ts: tick(),
    text,
    stream: "stdout",
    ...fields,
  } as EventPayload;
}

Deno.test("a job starts when its agent works and is done when that work ends", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), state("idle"));
  test.commit(dispatch("j1", { driver: "builtin" }));
  assert.equal(findJob(test.store, "j1")?.status, "queued");
  test.commit(receipt("j1", "typed"), receipt("j1", "submitted"));
  assert.equal(findJob(test.store, "j1")?.status, "running");
  test.commit(state("working"));
  const running = findJob(test.store, "j1")!;
  assert.equal(running.receipt, "turn_started");
  assert.equal(running.status_source, "title");
  test.commit(state("idle", { outcome: "done" }));
  const done = findJob(test.store, "j1")!;
  assert.equal(done.status, "done");
  assert.equal(done.duration_ms, done.finished_ts! - done.started_ts);
});

Deno.test("an agent that is idle before its prompt was typed does not end the job", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), state("working"), dispatch("j1", { driver: "builtin" }));
  test.commit(state("idle", { outcome: "done" }));
  assert.equal(findJob(test.store, "j1")?.status, "queued");
});

Deno.test("an agent that works before a prompt was typed does not work on that prompt", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), state("idle"), dispatch("j1", { driver: "builtin" }));
  test.commit(state("working"));
  assert.equal(findJob(test.store, "j1")?.status, "queued");
  assert.equal(findJob(test.store, "j1")?.turn_started_ts, null);
});

Deno.test("the word error in an answer is no error", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1"), state("working"));
  test.commit({
    type: "pane_output",
    ts: tick(),
    agent: "fast",
    pane_id: "%1",
    text: "error: fatal: Traceback; the build failed with an error",
  });
  assert.equal(findJob(test.store, "j1")?.status, "running");
  test.commit(state("idle", { outcome: "done" }));
  assert.equal(findJob(test.store, "j1")?.status, "done");
});

for (
  const [outcome, status] of [["error", "error"], ["interrupted", "cancelled"]] as const
) {
  Deno.test(`a turn that ends with outcome ${outcome} makes its job ${status}`, () => {
    using test = new TestStore();
    test.commit(mapped("fast", "%1"), dispatch("j1"), state("working"));
    test.commit(state("idle", { outcome, status_detail: "unexpected status 500" }));
    const job = findJob(test.store, "j1")!;
    assert.equal(job.status, status);
    assert.equal(job.status_detail, "unexpected status 500");
  });
}

Deno.test("an approval blocks the job and its answer lets it run on", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1"), state("working"));
  test.commit(
    state("approval"),
    state("approval", { status_source: "screen", status_detail: "touch x" }),
  );
  assert.equal(findJob(test.store, "j1")?.status, "blocked");
  assert.equal(findJob(test.store, "j1")?.status_detail, "touch x");
  assert.equal(listAgents(test.store)[0]?.status_detail, "touch x");
  test.commit(state("working"));
  assert.equal(findJob(test.store, "j1")?.status, "running");
});

Deno.test("a spinner that goes ends the job, the row read a moment later says it was interrupted", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1"), state("working"), state("idle"));
  assert.equal(findJob(test.store, "j1")?.status, "done");
  test.commit(state("idle", { status_source: "screen", outcome: "interrupted" }));
  assert.equal(findJob(test.store, "j1")?.status, "cancelled");
});

Deno.test("an error told by the title gets its reason from the screen a moment later", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1"), state("working"));
  test.commit(state("error", { outcome: "error" }));
  test.commit(
    state("error", { status_source: "screen", outcome: "error", status_detail: "High demand" }),
  );
  const job = findJob(test.store, "j1");
  assert.equal(job?.status, "error");
  assert.equal(job?.status_detail, "High demand");
});

Deno.test("two jobs in one turn end together", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1", { driver: "builtin" }));
  test.commit(receipt("j1", "typed"), receipt("j1", "submitted"), state("working"));
  test.commit(dispatch("j2", { driver: "builtin" }), receipt("j2", "typed"));
  test.commit(receipt("j2", "submitted"));
  assert.equal(findJob(test.store, "j2")?.receipt, "turn_started");
  test.commit(state("idle", { outcome: "done" }));
  assert.deepEqual(listJobs(test.store, { limit: 9 }).map((job) => job.status), ["done", "done"]);
});

Deno.test("a pane that goes while a job runs makes the job an error with the reason", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1"), state("working"));
  test.commit(state("missing", { status_source: "screen", status_detail: "Pane %1 is gone" }));
  assert.equal(listAgents(test.store)[0]?.status, "missing");
  assert.equal(findJob(test.store, "j1")?.status_detail, "Pane %1 is gone");
});

Deno.test("a turn that began and ended unseen is known by its prompt on the screen", () => {
  using test = new TestStore();
  test.commit(dispatch("j1", { driver: "builtin" }));
  test.commit(receipt("j1", "typed"), receipt("j1", "submitted"));
  test.commit(
    mapped("fast", "%1"),
    { type: "marker_seen", ts: tick(), agent: "fast", pane_id: "%1", marker: "j1", text: "say" },
    state("idle", { status_source: "screen", outcome: "done" }),
  );
  const job = findJob(test.store, "j1");
  assert.equal(job?.status, "done");
  assert.equal(job?.receipt, "turn_started");
});

Deno.test("a prompt was submitted no later than its turn was seen to start", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1", { driver: "builtin" }), receipt("j1", "typed"));
  test.commit(state("working"));
  test.commit(receipt("j1", "submitted"));
  const job = findJob(test.store, "j1");
  assert.equal(job?.submitted_ts, job?.turn_started_ts);
});

Deno.test("codexctl's own id is joined to our job from its output and either id finds it", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1", { driver: "codexctl" }));
  const { events } = test.commit(output(`=== %1 JOB:${MARKER} ===`, { job_id: "j1" }));
  assert.equal(events[0]?.job_id, "j1");
  assert.equal(findJob(test.store, MARKER)?.job_id, "j1");
  assert.equal(findJob(test.store, "j1")?.marker, MARKER);
});

Deno.test("codexctl's own id is joined to our job from the screen", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1", { driver: "codexctl" }), state("working"));
  test.commit({
    type: "marker_seen",
    ts: tick(),
    agent: "fast",
    pane_id: "%1",
    marker: MARKER,
    text: "say hel",
  });
  assert.equal(findJob(test.store, MARKER)?.job_id, "j1");
});

Deno.test("a prompt that somebody else sent with a marker becomes a job", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), state("working"));
  test.commit({
    type: "marker_seen",
    ts: tick(),
    agent: "fast",
    pane_id: "%1",
    marker: MARKER,
    text: "another prompt",
  });
  assert.equal(findJob(test.store, MARKER)?.status, "running");
  test.commit(state("idle", { outcome: "done" }));
  assert.equal(findJob(test.store, MARKER)?.status, "done");
});

Deno.test("codexctl's printed answer ends a job of an old event file, an older answer does not", () => {
  using test = new TestStore();
  test.commit(dispatch("j1"));
  test.commit(output(`=== %1 JOB:${MARKER} ===`, { job_id: "j1" }));
  test.commit(output("  Worked for 9s • 01:30", { job_id: "j1" }));
  assert.notEqual(findJob(test.store, "j1")?.status, "done");
  test.commit(output(`› [JOB:${MARKER}] say hello`, { job_id: "j1" }));
  test.commit(output("  Worked for <1s • 01:37", { job_id: "j1" }));
  assert.equal(findJob(test.store, "j1")?.status, "done");
  assert.equal(findJob(test.store, "j1")?.status_source, "wrapper");
});

Deno.test("a dispatch to several agents makes a job for each under one dispatch_id", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), mapped("deep", "%2"));
  test.commit(dispatch("d1", {
    agent: null,
    job_id: null,
    dispatch_id: "d1",
    jobs: [{ job_id: "a", agent: "fast", pane_id: "%1" }, {
      job_id: "b",
      agent: "deep",
      pane_id: "%2",
    }],
  }));
  test.commit(
    output("=== %1 JOB:m-1 ===", { dispatch_id: "d1" } as Partial<EventPayload>),
    output("answer of fast", { dispatch_id: "d1" } as Partial<EventPayload>),
    output("=== %2 JOB:m-2 ===", { dispatch_id: "d1" } as Partial<EventPayload>),
  );
  assert.equal(findJob(test.store, "m-1")?.job_id, "a");
  assert.equal(findJob(test.store, "m-2")?.job_id, "b");
  const lines = test.store.all<{ job_id: string }>(
    "SELECT job_id FROM events WHERE type = 'controller_output' ORDER BY id",
  );
  assert.deepEqual(lines.map((line) => line.job_id), ["a", "a", "b"]);
});

Deno.test("an old wrapper's dispatch to all agents gets a job for each that answers", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), mapped("deep", "%2"));
  test.commit(dispatch("d1", { agent: null }));
  test.commit(output("=== %1 JOB:m-1 ===", { job_id: "d1" }));
  test.commit(output("=== %2 JOB:m-2 ===", { job_id: "d1" }));
  test.commit({ type: "dispatch_done", ts: tick(), job_id: "d1", exit_code: 0 });
  assert.equal(findJob(test.store, "m-1")?.agent, "fast");
  assert.equal(findJob(test.store, "m-2")?.agent, "deep");
  assert.equal(findJob(test.store, "m-2")?.prompt_text, "say hello");
});

Deno.test("a wrapper that fails before a turn makes the job an error, after that it does not", () => {
  using test = new TestStore();
  test.commit(dispatch("j1"));
  test.commit({ type: "dispatch_done", ts: tick(), job_id: "j1", exit_code: 127 });
  assert.equal(findJob(test.store, "j1")?.status, "error");
  test.commit(mapped("fast", "%1"), dispatch("j2"), state("working"));
  test.commit({ type: "dispatch_done", ts: tick(), job_id: "j2", exit_code: 130 });
  assert.equal(findJob(test.store, "j2")?.status, "running");
  assert.equal(findJob(test.store, "j2")?.exit_code, 130);
});

Deno.test("output is tied to the agent's job and proves no tokens", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), dispatch("j1"), state("working"));
  const { events } = test.commit({
    type: "pane_output",
    ts: tick(),
    agent: "fast",
    pane_id: "%1",
    text: "prompt tokens: 1,200 completion tokens = 85\ntotal tokens: 1285",
  });
  assert.equal(events[0]?.job_id, "j1");
  const job = findJob(test.store, "j1")!;
  assert.deepEqual(
    [job.prompt_tokens_exact, job.completion_tokens_exact, job.total_tokens_exact],
    [null, null, null],
  );
  test.commit(state("idle", { outcome: "done" }));
  tick(60_000);
  const late = test.commit({
    type: "pane_output",
    ts: tick(),
    agent: "fast",
    pane_id: "%1",
    text: "typed by hand much later",
  });
  assert.equal(late.events[0]?.job_id, null);
});

Deno.test("a login screen wins over the title, a contradiction is shown", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), state("idle"));
  test.commit(state("auth", { status_source: "screen", status_detail: "Login needed" }));
  assert.equal(listAgents(test.store)[0]?.status, "auth");
  test.commit(state("working", { status_source: "screen" }));
  const agent = listAgents(test.store)[0]!;
  assert.equal(agent.status, "idle");
  assert.equal(agent.status_conflict, "screen says working");
  test.commit(state("working"), state("idle", { status_source: "screen" }));
  assert.equal(listAgents(test.store)[0]?.status_conflict, null);
});

Deno.test("rows rebuilt from the log equal the live ones", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"), mapped("deep", "%2"), state("idle"));
  for (let n = 0; n < 30; n++) {
    const id = `job-${n}`;
    test.commit(dispatch(id, { driver: n % 2 ? "builtin" : "codexctl" }));
    test.commit(receipt(id, "typed"), receipt(id, "submitted"), state("working"));
    if (n % 3 === 0) test.commit(state("approval"), state("working"));
    test.commit(output(`=== %1 JOB:m-${n} ===`, { job_id: id }));
    test.commit(state("idle", { outcome: n % 5 ? "done" : "error" }));
    test.commit({ type: "dispatch_done", ts: tick(), job_id: id, exit_code: n % 4 });
  }
  const before = test.dump();
  assert.equal(before["jobs"]?.length, 30);
  const count = rebuild(test.store);
  assert.ok(count > 200);
  assert.deepEqual(test.dump(), before);
});
