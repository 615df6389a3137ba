import assert from "node:assert/strict";
import { findJob } from "../../../server/store/jobs.ts";
import { USAGE_GROUPS, type UsageGroup } from "../../../server/store/usage.ts";
import { sumJobModels } from "../../../server/store/usage_models.ts";
import { readUsage } from "../../../server/store/usage_report.ts";
import type { Cost, ModelUsage, TokenEstimateEvent } from "../../../server/wire.ts";
import { jobEvents } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";
import { threadEvent, turnItem, turnStart, usageEvent } from "../../support/thread_events.ts";

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 10, 20, 12);

const estimate = (job_id: string, total_tokens_est: number): TokenEstimateEvent => ({
  type: "token_estimate",
  ts: NOON,
  job_id,
  prompt_tokens_est: null,
  completion_tokens_est: null,
  total_tokens_est,
  method: "stated",
});

function report(test: TestStore, by: UsageGroup, more: { from_ts?: number; limit?: number } = {}) {
  const query = { by, from_ts: 0, to_ts: Number.MAX_SAFE_INTEGER, zone: "UTC", limit: 100 };
  return readUsage(test.store, { ...query, ...more });
}

/** Two estimated jobs of the agent fast on two days, and a session file of the day after. */
function filled(): TestStore {
  const test = new TestStore();
  test.commit(...jobEvents("j1", NOON - DAY_MS), estimate("j1", 30));
  test.commit(...jobEvents("j2", NOON), estimate("j2", 12));
  test.commit(...readRollout(rolloutLines("rollout-simple"), "rollout-simple"));
  return test;
}

Deno.test("estimates stand beside exact sums and in none of them, however grouped", () => {
  using test = filled();
  using exact = new TestStore();
  exact.commit(...readRollout(rolloutLines("rollout-simple"), "rollout-simple"));
  const sum = (by: UsageGroup, of: TestStore) =>
    report(of, by).reduce((total, row) => total + row.total_tokens, 0);
  for (const by of USAGE_GROUPS) {
    const rows = report(test, by);
    assert.equal(rows.reduce((total, row) => total + row.total_tokens_est, 0), 42, by);
    assert.equal(rows.reduce((total, row) => total + row.estimated_jobs, 0), 2, by);
    assert.equal(sum(by, test), sum(by, exact), by);
  }
  assert.ok(sum("total", exact) > 0);
});

Deno.test("an estimate belongs to its agent, job, model and day", () => {
  using test = filled();
  const keyed = (by: UsageGroup) =>
    report(test, by).filter((row) => row.estimated_jobs > 0)
      .map((row) => [row.key, row.total_tokens_est, row.total_tokens]);
  assert.deepEqual(keyed("agent"), [["fast", 42, 0]]);
  assert.deepEqual(keyed("job"), [["j1", 30, 0], ["j2", 12, 0]]);
  assert.deepEqual(keyed("model"), [["gpt-5", 42, 0]]);
  assert.deepEqual(keyed("thread"), [[null, 42, 0]]);
  const days = report(test, "day").map(({ key }) => key);
  assert.deepEqual(days, ["2026-11-19", "2026-11-20", "2026-11-21"]);
  assert.equal(report(test, "total")[0]?.total_tokens_est, 42);
  assert.equal(report(test, "total").length, 1);
});

Deno.test("estimates are narrowed by time and by the limit", () => {
  using test = filled();
  assert.equal(report(test, "total", { from_ts: NOON })[0]?.total_tokens_est, 12);
  assert.deepEqual(report(test, "agent", { limit: 1 }).map(({ key }) => key), [null]);
});

Deno.test("costs are told what each key used of each model", () => {
  using test = filled();
  const told: ModelUsage[][] = [];
  const cost: Cost = { amount: 1, currency: "USD", source: "a test", date: "2026-11-01" };
  const query = { by: "job", from_ts: 0, to_ts: Number.MAX_SAFE_INTEGER, zone: "UTC" } as const;
  const rows = readUsage(test.store, { ...query, limit: 100 }, (usage) => {
    told.push(usage);
    return cost;
  });
  const markers = markersOf(readRollout(rolloutLines("rollout-simple"), "rollout-simple"));
  assert.equal(told.length, markers.length, "estimates have no cost");
  for (const usage of told) {
    assert.deepEqual(usage.map(({ model, input_tokens }) => [model, input_tokens]), [
      ["gpt-6.1-sol", 1200],
    ]);
  }
  for (const row of rows) {
    assert.deepEqual(row.cost, markers.includes(row.key ?? "") ? cost : null);
  }
  assert.ok(report(test, "job").every((row) => row.cost === null));
});

Deno.test("a job's models hold those of its sub-agents, and of nobody else", () => {
  using test = new TestStore();
  const turn = (thread_id: string, turn_id: string, root = turn_id) => {
    const at = { thread_id, turn_id, ts: NOON };
    return [...turnStart({ ...at, root }), usageEvent(at, `response of ${turn_id}`)];
  };
  const [start, context, used] = turn("thread-1", "turn-1");
  test.commit(
    threadEvent("thread-1", NOON),
    start!,
    context!,
    turnItem("user", { thread_id: "thread-1", turn_id: "turn-1", ts: NOON }, { markers: ["j1"] }),
    used!,
    ...turn("thread-1", "turn-2"),
    threadEvent("child", NOON, { parent_thread_id: "thread-1" }),
    ...turn("child", "turn-3", "turn-1"),
  );
  const job = findJob(test.store, "j1")!;
  assert.deepEqual([job.total_tokens_exact, job.sub_agent_tokens_exact], [1_285, 1_285]);
  assert.deepEqual(sumJobModels(test.store, job).map((usage) => ({ ...usage })), [{
    model: "gpt-6.1-sol",
    input_tokens: 2_400,
    cached_input_tokens: 2_000,
    output_tokens: 170,
  }]);
  assert.deepEqual(sumJobModels(test.store, { job_id: "j1", thread_id: null }), []);
});
