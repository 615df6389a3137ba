import assert from "node:assert/strict";
import { rebuild } from "../../../server/store/commit.ts";
import { findJob } from "../../../server/store/jobs.ts";
import { sumUsage, type UsageGroup } from "../../../server/store/usage.ts";
import type {
  DispatchEvent,
  RolloutEvent,
  ThreadRow,
  TurnRow,
  UsageRow,
} from "../../../server/wire.ts";
import { markersOf, readRollout, rolloutLines, rolloutNames } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

const recording = (name: string) => readRollout(rolloutLines(name), name);

const dispatch = (job_id: string, ts: number, agent = "fast"): DispatchEvent => ({
  type: "dispatch",
  ts,
  job_id,
  agent,
  driver: "builtin",
  prompt_text: "p",
  prompt_hash: null,
  prompt_bytes: 1,
});

/** The recording with its jobs sent to `agent`. */
function sent(name: string, agent = "fast"): (DispatchEvent | RolloutEvent)[] {
  const events = recording(name);
  const dispatches = markersOf(events).map((id) => dispatch(id, events[0]!.ts - 10, agent));
  return [...dispatches, ...events];
}

function usage(test: TestStore, by: UsageGroup, more: { from_ts?: number; to_ts?: number } = {}) {
  const { from_ts = 0, to_ts = Number.MAX_SAFE_INTEGER } = more;
  return sumUsage(test.store, { by, from_ts, to_ts, zone: "UTC", limit: 1_000 });
}

const figures = ({ key, total_tokens, compaction_tokens, sub_agent_tokens }: UsageRow) => [
  key,
  total_tokens,
  compaction_tokens,
  sub_agent_tokens,
];

/** What the model served in REC rollout-compacted: the main thread's turns, its compaction, its child. */
const MAIN = 1285 + 150_900 + 1285 + 1285 + 1285 + 1540 + 1540 + 1725;
const COMPACTION = 1285;
const CHILD = 1285;

Deno.test("what a compaction used is a part of its turn, thread and agent, and named", () => {
  using test = new TestStore();
  test.commit(...sent("rollout-compacted"));
  const thread = test.store.get<ThreadRow>("SELECT * FROM threads");
  assert.equal(thread?.total_tokens, MAIN);
  assert.equal(thread?.compaction_tokens, COMPACTION);
  const turns = test.store.all<TurnRow>("SELECT * FROM turns WHERE compaction_tokens > 0");
  assert.deepEqual(turns.map((turn) => [turn.total_tokens, turn.compaction_tokens]), [
    [COMPACTION, COMPACTION],
  ]);
  assert.deepEqual(usage(test, "agent").map(figures), [["fast", MAIN, COMPACTION, 0]]);
});

Deno.test("a compaction within a job's turn is shown on the job, inside its total", () => {
  using test = new TestStore();
  const events = sent("rollout-compacted");
  const [first] = markersOf(recording("rollout-compacted"));
  const turn_id = events.find((event) => event.type === "turn_started")!.turn_id;
  const compaction = events.find((event) => event.type === "compacted")!.response_id;
  test.commit(
    ...events.map((event) =>
      event.type === "usage" && event.response_id === compaction ? { ...event, turn_id } : event
    ),
  );
  const job = findJob(test.store, first!)!;
  assert.equal(job.total_tokens_exact, 1285 + COMPACTION);
  assert.equal(job.compaction_tokens_exact, COMPACTION);
});

for (const order of ["parent first", "child first"] as const) {
  Deno.test(`a sub-agent's tokens are its agent's and its job's, apart: ${order}`, () => {
    using test = new TestStore();
    const files = ["rollout-compacted", "rollout-subagent-child"];
    if (order === "child first") files.reverse();
    for (const name of files) test.commit(...sent(name));
    const spawning = markersOf(recording("rollout-compacted")).at(-1)!;
    const job = findJob(test.store, spawning)!;
    assert.equal(job.total_tokens_exact, 1540 + 1540 + 1725);
    assert.equal(job.sub_agent_tokens_exact, CHILD);
    const turn = test.store.get<TurnRow>("SELECT * FROM turns WHERE turn_id = ?", job.turn_id);
    assert.equal(turn?.sub_agent_tokens, CHILD);
    assert.deepEqual(usage(test, "agent").map(figures), [
      ["fast", MAIN + CHILD, COMPACTION, CHILD],
    ]);
    const by_job = usage(test, "job").find(({ key }) => key === spawning);
    assert.deepEqual(by_job && figures(by_job), [
      spawning,
      1540 + 1540 + 1725 + CHILD,
      0,
      CHILD,
    ]);
  });
}

Deno.test("a thread that goes on in another agent's pane counts for each what it ran", () => {
  using test = new TestStore();
  const events = sent("rollout-simple");
  const second = events.findLastIndex((event) => event.type === "turn_started");
  const { thread_id } = events[second] as RolloutEvent;
  const moved = { pane_id: "%2", session: "s", window_name: "w", via: "lock" } as const;
  test.commit(...events.slice(0, second), {
    type: "thread_mapped",
    ts: events[second]!.ts,
    thread_id,
    agent: "deep",
    ...moved,
  }, ...events.slice(second).filter((event) => event.type !== "dispatch"));
  assert.deepEqual(usage(test, "agent").map(figures), [["deep", 1285, 0, 0], ["fast", 1285, 0, 0]]);
});

Deno.test("two jobs of one turn are one row, which names the other", () => {
  using test = new TestStore();
  test.commit(...sent("rollout-two-jobs-one-turn"));
  const [first, second] = markersOf(recording("rollout-two-jobs-one-turn"));
  const [row, ...others] = usage(test, "job");
  assert.deepEqual(others, []);
  assert.deepEqual([row?.key, row?.total_tokens, row?.shared_with], [first, 1285, [second]]);
});

Deno.test("by whatever it is grouped, parts and sums are the same", () => {
  using test = new TestStore();
  for (const name of rolloutNames()) test.commit(...sent(name));
  const [total] = usage(test, "total");
  assert.equal(total?.compaction_tokens, COMPACTION);
  assert.equal(total?.sub_agent_tokens, CHILD);
  for (const by of ["agent", "job", "model", "day", "hour", "thread"] as const) {
    const rows = usage(test, by);
    for (
      const name of [
        "responses",
        "total_tokens",
        "input_tokens",
        "cached_input_tokens",
        "reasoning_output_tokens",
        "compaction_tokens",
        "sub_agent_tokens",
      ] as const
    ) {
      assert.equal(rows.reduce((sum, row) => sum + row[name], 0), total?.[name], `${by} ${name}`);
    }
  }
});

Deno.test("a range that begins and ends within a quarter of an hour is summed to the millisecond", () => {
  using test = new TestStore();
  const start = Date.UTC(2026, 10, 21, 10, 7);
  const [thread] = recording("rollout-simple");
  const one = { cached_input_tokens: 0, reasoning_output_tokens: 0, output_tokens: 0 };
  const minutes = [...Array(120).keys()];
  test.commit(
    thread!,
    ...minutes.map((minute) => ({
      type: "usage" as const,
      ts: start + minute * 60_000,
      thread_id: thread!.thread_id,
      turn_id: null,
      response_id: `r${minute}`,
      input_tokens: 2 ** (minute % 50),
      total_tokens: 2 ** (minute % 50),
      ...one,
      limits: null,
    })),
  );
  for (
    const [from, to] of [[0, 120], [3, 4], [0, 8], [8, 23], [7, 80], [8, 98], [50, 50]] as const
  ) {
    const expected = minutes.slice(from, to).reduce((sum, minute) => sum + 2 ** (minute % 50), 0);
    const rows = usage(test, "total", {
      from_ts: start + from * 60_000,
      to_ts: start + to * 60_000,
    });
    assert.equal(rows[0]?.total_tokens ?? 0, expected, `${from} to ${to}`);
    assert.equal(rows[0]?.responses ?? 0, to - from);
  }
});

Deno.test("rows rebuilt from compactions, sub-agents and errors equal the live ones", () => {
  using test = new TestStore();
  for (const name of ["rollout-subagent-child", "rollout-compacted", "rollout-new-thread"]) {
    for (const event of sent(name)) test.commit(event);
  }
  const before = test.dump();
  assert.ok(before["usage_slots"]!.length > 3);
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
});
