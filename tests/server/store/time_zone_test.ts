import assert from "node:assert/strict";
import { isTimeZone, zoneOffsets } from "../../../server/store/time_zone.ts";
import { sumUsage } from "../../../server/store/usage.ts";
import type { EventPayload } from "../../../server/wire.ts";
import { readRollout, rolloutLines } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

const [THREAD] = readRollout(rolloutLines("rollout-simple"));

/** One token at each moment. */
function storeAt(...moments: string[]): TestStore {
  const test = new TestStore();
  test.commit(
    THREAD!,
    ...moments.map((moment, index): EventPayload => ({
      type: "usage",
      ts: Date.parse(moment),
      thread_id: THREAD!.thread_id,
      turn_id: null,
      response_id: `r${index}`,
      input_tokens: 1,
      cached_input_tokens: 0,
      output_tokens: 0,
      reasoning_output_tokens: 0,
      total_tokens: 1,
      limits: null,
    })),
  );
  return test;
}

function sums(test: TestStore, by: "day" | "hour", zone: string): [string | null, number][] {
  const query = { by, zone, from_ts: 0, to_ts: Number.MAX_SAFE_INTEGER, limit: 100 };
  return sumUsage(test.store, query).map(({ key, total_tokens }) => [key, total_tokens]);
}

Deno.test("a day is the local one, also when it has 23 or 25 hours", () => {
  using test = storeAt(
    "2026-03-28T23:30Z",
    "2026-03-29T21:30Z",
    "2026-03-29T22:30Z",
    "2026-10-24T22:30Z",
    "2026-10-25T22:30Z",
    "2026-10-25T23:30Z",
  );
  assert.deepEqual(sums(test, "day", "Europe/Vienna"), [
    ["2026-03-29", 2],
    ["2026-03-30", 1],
    ["2026-10-25", 2],
    ["2026-10-26", 1],
  ]);
  assert.deepEqual(sums(test, "day", "UTC").map(([day]) => day), [
    "2026-03-28",
    "2026-03-29",
    "2026-10-24",
    "2026-10-25",
  ]);
});

Deno.test("the hour that comes twice is two hours", () => {
  using test = storeAt("2026-10-25T00:10Z", "2026-10-25T01:10Z", "2026-10-25T01:20Z");
  assert.deepEqual(sums(test, "hour", "Europe/Vienna"), [
    ["2026-10-25T02:00+02:00", 1],
    ["2026-10-25T02:00+01:00", 2],
  ]);
});

Deno.test("zones that are off by quarters of an hour have their own days and hours", () => {
  using test = storeAt("2026-01-01T18:10Z", "2026-01-01T18:20Z");
  assert.deepEqual(sums(test, "day", "Asia/Kathmandu"), [["2026-01-01", 1], ["2026-01-02", 1]]);
  assert.deepEqual(sums(test, "hour", "Asia/Kathmandu"), [
    ["2026-01-01T23:00+05:45", 1],
    ["2026-01-02T00:00+05:45", 1],
  ]);
});

Deno.test("a zone's offsets change when its clocks do", () => {
  const at = (text: string) => Date.parse(text);
  assert.deepEqual(
    zoneOffsets("America/New_York", at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z")),
    [
      { from_ts: at("2026-01-01T00:00Z"), offset_ms: -5 * 3_600_000 },
      { from_ts: at("2026-03-08T07:00Z"), offset_ms: -4 * 3_600_000 },
      { from_ts: at("2026-11-01T06:00Z"), offset_ms: -5 * 3_600_000 },
    ],
  );
  assert.equal(isTimeZone("Europe/Vienna"), true);
  assert.equal(isTimeZone("Europe/Nowhere"), false);
});
