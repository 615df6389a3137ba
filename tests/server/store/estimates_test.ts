import assert from "node:assert/strict";
import { rebuild } from "../../../server/store/commit.ts";
import { listOutputText, nextEstimate } from "../../../server/store/estimates.ts";
import { findJob } from "../../../server/store/jobs.ts";
import type { EventPayload, TokenEstimateEvent } from "../../../server/wire.ts";
import { jobEvents } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";
import { threadEvent } from "../../support/thread_events.ts";

const MINUTE = 60_000;

const estimate = (job_id: string, ts = 10_000): TokenEstimateEvent => ({
  type: "token_estimate",
  ts,
  job_id,
  prompt_tokens_est: 3,
  completion_tokens_est: 4,
  total_tokens_est: 7,
  method: "tiktoken",
});

/** What a job says of its tokens: exact total, estimated total, how that was made. */
function tokens(test: TestStore, job_id: string) {
  const job = findJob(test.store, job_id)!;
  return [job.total_tokens_exact, job.total_tokens_est, job.estimate_method];
}

function next(test: TestStore, now: number, from_ts = 0) {
  const { job, due_ts } = nextEstimate(test.store, { now, from_ts });
  return job ? job.job_id : due_ts;
}

Deno.test("a job that ended without figures is estimated once, after a grace", () => {
  using test = new TestStore();
  const events = jobEvents("j1", 1_000);
  test.commit(...events.slice(0, -1));
  assert.equal(next(test, MINUTE), undefined, "it still runs");
  test.commit(...events.slice(-1));
  assert.equal(next(test, 1_006), 6_006);
  assert.equal(next(test, 6_006), "j1");
  assert.equal(next(test, 6_006, 2_000), undefined, "it is older than what is looked at");
  test.commit(estimate("j1"));
  assert.deepEqual(tokens(test, "j1"), [null, 7, "tiktoken"]);
  assert.equal(next(test, MINUTE), undefined);
});

Deno.test("the newest of the jobs that are due comes first", () => {
  using test = new TestStore();
  for (const [id, ts] of [["j1", 1_000], ["j2", 3_000], ["j3", 2_000]] as const) {
    test.commit(...jobEvents(id, ts));
  }
  assert.equal(next(test, MINUTE), "j2");
  assert.equal(next(test, 6_500), "j1", "the others are too fresh");
});

Deno.test("a prompt that was handed over is estimated although no turn was seen, later", () => {
  using test = new TestStore();
  const [, dispatch] = jobEvents("j1", 1_000);
  const done = { type: "dispatch_done", ts: 2_000, job_id: "j1", exit_code: 0 } as const;
  test.commit(dispatch!, done);
  assert.equal(next(test, 10_000), 2_000 + MINUTE);
  assert.equal(next(test, 2_000 + MINUTE), "j1");
  test.commit(estimate("j1", MINUTE));
  // Its turn begins after all: what it says is not known yet.
  const [mapped, , , working, ...rest] = jobEvents("j1", 2 * MINUTE);
  test.commit(mapped!, working!);
  assert.deepEqual(tokens(test, "j1"), [null, null, null]);
  test.commit(...rest.slice(-1));
  assert.equal(next(test, 3 * MINUTE), "j1");
});

Deno.test("where no turn is seen, what is said after an estimate makes it anew", () => {
  using test = new TestStore();
  const [mapped, dispatch] = jobEvents("j1", 1_000);
  const done = { type: "dispatch_done", ts: 2_000, job_id: "j1", exit_code: 0 } as const;
  test.commit(mapped!, dispatch!, done, estimate("j1"));
  const head = { agent: "fast", pane_id: "%1" };
  test.commit({ type: "pane_output", ts: 2 * MINUTE, ...head, text: "more" });
  assert.deepEqual(tokens(test, "j1"), [null, null, null]);
  assert.equal(next(test, 2 * MINUTE + 1), 3 * MINUTE);
});

Deno.test("a job whose agent ran a thread meanwhile has exact tokens there: it is not estimated", () => {
  using test = new TestStore();
  test.commit(...jobEvents("j1", 1_000));
  const thread = (thread_id: string, ts: number): EventPayload[] => [
    threadEvent(thread_id, ts),
    { type: "thread_mapped", ts, thread_id, agent: "fast", pane_id: "%1", via: "lock" },
  ];
  test.commit(...thread("before", 900), ...thread("after", 90_000));
  assert.equal(next(test, MINUTE), "j1");
  test.commit(...thread("meanwhile", 1_003));
  assert.equal(next(test, MINUTE), undefined);
});

Deno.test("a prompt that never reached its pane took no tokens", () => {
  using test = new TestStore();
  const [, dispatch] = jobEvents("j1", 1_000);
  test.commit(dispatch!, { type: "dispatch_done", ts: 2_000, job_id: "j1", exit_code: 1 });
  assert.equal(findJob(test.store, "j1")?.status, "error");
  assert.equal(next(test, 60 * MINUTE), undefined);
});

Deno.test("exact figures replace an estimate, and no estimate replaces them", () => {
  using test = new TestStore();
  const events = readRollout(rolloutLines("rollout-simple"), "rollout-simple");
  const [first = "", second = ""] = markersOf(events);
  test.commit(...jobEvents(first, 1_000), ...jobEvents(second, 2_000), estimate(first));
  assert.deepEqual(tokens(test, first), [null, 7, "tiktoken"]);
  test.commit(...events);
  assert.deepEqual(tokens(test, first), [1285, null, null]);
  test.commit(estimate(first), estimate(second));
  assert.deepEqual(tokens(test, first), [1285, null, null]);
  assert.deepEqual(tokens(test, second), [1285, null, null]);
  assert.equal(next(test, 60 * MINUTE), undefined);
  const before = test.dump();
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
});

Deno.test("a job whose prompt stands in a session file is not estimated, figures or not", () => {
  using test = new TestStore();
  const events = readRollout(rolloutLines("rollout-simple"), "rollout-simple");
  const [first = ""] = markersOf(events);
  test.commit(...jobEvents(first, 1_000));
  test.commit(...events.filter((event) => event.type !== "usage"));
  assert.equal(findJob(test.store, first)?.status, "done");
  test.commit(estimate(first));
  assert.deepEqual(tokens(test, first), [null, null, null]);
  assert.equal(next(test, Date.now()), undefined);
});

Deno.test("rows rebuilt after an estimate equal the live ones", () => {
  using test = new TestStore();
  test.commit(...jobEvents("j1"), estimate("j1"), ...jobEvents("j2", 20_000));
  const before = test.dump();
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
  assert.deepEqual(tokens(test, "j1"), [null, 7, "tiktoken"]);
});

Deno.test("a job's output is read page by page from its end", () => {
  using test = new TestStore();
  const events = jobEvents("j1");
  const output: EventPayload[] = Array.from({ length: 20 }, (_, n) => ({
    type: "pane_output",
    ts: 1_004,
    agent: "fast",
    job_id: "j1",
    text: `line ${n}`,
  }));
  const stderr: EventPayload = {
    type: "controller_output",
    ts: 1_005,
    job_id: "j1",
    text: "warning",
    stream: "stderr",
  };
  test.commit(...events.slice(0, 4), ...output, stderr, ...events.slice(5));
  const read: string[] = [];
  let before_id = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const page = listOutputText(test.store, { job_id: "j1", type: "pane_output", before_id });
    if (page.length === 0) break;
    assert.ok(page.length <= 8);
    read.push(...page.map(({ text }) => text));
    before_id = page.at(-1)!.id;
  }
  assert.deepEqual(read.reverse(), output.map((event) => "text" in event ? event.text : ""));
  const said = listOutputText(test.store, {
    job_id: "j1",
    type: "controller_output",
    before_id: Number.MAX_SAFE_INTEGER,
  });
  assert.deepEqual(said.map(({ text }) => text), ["sent"]);
});
