import assert from "node:assert/strict";
import { rebuild } from "../../../server/store/commit.ts";
import { listLimitHistory, listLimits } from "../../../server/store/limits.ts";
import type { LimitsEvent, LimitWindow, ThreadEvent } from "../../../server/wire.ts";
import { readRollout, rolloutLines, rolloutNames } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

const THREAD = readRollout(rolloutLines("rollout-simple"))[0] as ThreadEvent;
const T0 = Date.parse("2026-11-21T10:00:00Z");
const MINUTE = 60_000;
const RESET = T0 + 300 * MINUTE;

/** A line that states a 5 h limit, `minute` minutes after T0. */
function states(
  minute: number,
  used_percent: number,
  more: Partial<LimitsEvent> & { resets_ts?: number | null } = {},
): LimitsEvent {
  const { resets_ts = RESET, ...fields } = more;
  const primary: LimitWindow = { used_percent, window_minutes: 300, resets_ts };
  return {
    type: "limits",
    ts: T0 + minute * MINUTE,
    thread_id: THREAD.thread_id,
    limit_id: "codex",
    limit_name: null,
    primary,
    secondary: null,
    plan_type: null,
    reached: null,
    context_tokens: null,
    context_kind: null,
    context_window: null,
    ...fields,
  };
}

function history(test: TestStore): [minute: number, until: number, used_percent: number][] {
  return listLimitHistory(test.store, {
    from_ts: 0,
    to_ts: Number.MAX_SAFE_INTEGER,
    limit: 100,
    now: T0,
  }).map(({ ts, stated_ts, used_percent }) => [
    (ts - T0) / MINUTE,
    (stated_ts - T0) / MINUTE,
    used_percent,
  ]);
}

Deno.test("the same figure said again makes no new row, but is known to hold until then", () => {
  using test = new TestStore();
  test.commit(THREAD, states(0, 10), states(1, 10), states(5, 12), states(6, 12), states(9, 10));
  assert.deepEqual(history(test), [[0, 1, 10], [5, 6, 12], [9, 9, 10]]);
});

Deno.test("a reset stated a second off is the same one, another window is a change", () => {
  using test = new TestStore();
  test.commit(
    THREAD,
    states(0, 10),
    states(1, 10, { resets_ts: RESET + 1_000 }),
    states(2, 10, { resets_ts: RESET + 300 * MINUTE }),
  );
  assert.deepEqual(history(test), [[0, 1, 10], [2, 2, 10]]);
});

Deno.test("what an older file says finds its place and changes nothing that is newer", () => {
  using test = new TestStore();
  test.commit(THREAD, states(60, 30), states(61, 30));
  test.commit(states(0, 10), states(10, 20), states(59, 30));
  assert.deepEqual(history(test), [[0, 0, 10], [10, 10, 20], [59, 61, 30]]);
  const [limit] = listLimits(test.store, T0 + 62 * MINUTE);
  assert.deepEqual([limit?.used_percent, limit?.stated_ts], [30, T0 + 61 * MINUTE]);
});

Deno.test("a limit whose window is over says so, whenever it is asked", () => {
  using test = new TestStore();
  test.commit(THREAD, states(0, 80), states(1, 90, { limit_id: "other", resets_ts: null }));
  const resets = (now: number) => listLimits(test.store, now).map(({ was_reset }) => was_reset);
  assert.deepEqual(resets(RESET - 1), [false, false]);
  assert.deepEqual(resets(RESET), [true, false]);
  // Without a time of reset the window's length says when it is over at the latest.
  assert.deepEqual(resets(RESET + MINUTE), [true, true]);
});

Deno.test("several limits and plans stand side by side until their windows are over", () => {
  using test = new TestStore();
  test.commit(
    THREAD,
    states(0, 5),
    states(1, 10, { plan_type: "plus" }),
    states(2, 50, { plan_type: "pro", resets_ts: RESET + 100 * MINUTE }),
    states(2, 70, { limit_id: "codex_luna", limit_name: "Luna" }),
  );
  const named = (now: number) =>
    listLimits(test.store, now).map(({ limit_id, limit_name, plan_type, used_percent }) => [
      limit_id,
      limit_name,
      plan_type,
      used_percent,
    ]);
  assert.deepEqual(named(T0), [
    ["codex", null, "plus", 10],
    ["codex", null, "pro", 50],
    ["codex_luna", "Luna", null, 70],
  ]);
  assert.deepEqual(named(RESET + MINUTE), [
    ["codex", null, "pro", 50],
    ["codex_luna", "Luna", null, 70],
  ]);
});

Deno.test("of all recordings the weekly limit, which never changed, is one row, also after a rebuild", () => {
  using test = new TestStore();
  for (const name of rolloutNames().toReversed()) test.commit(...readRollout(rolloutLines(name)));
  const rows = listLimitHistory(test.store, {
    from_ts: 0,
    to_ts: Number.MAX_SAFE_INTEGER,
    limit: 100,
    now: T0,
  });
  const weekly = rows.filter(({ span }) => span === "secondary");
  assert.deepEqual(weekly.map(({ used_percent }) => used_percent), [41]);
  const before = test.dump();
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
});
