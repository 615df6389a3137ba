import assert from "node:assert/strict";
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDelay,
  formatDuration,
  shorten,
} from "../../islands/format.ts";

Deno.test("what is not known is a dash, never 0", () => {
  assert.equal(formatDuration(null), "—");
  assert.equal(formatCount(null), "—");
  assert.equal(formatBytes(null), "—");
  assert.equal(formatCount(0), "0");
});

Deno.test("durations keep two units", () => {
  const texts = [0, 999, 1_000, 59_999, 65_000, 3_599_000, 7_620_000, 360_000_000].map(
    formatDuration,
  );
  assert.deepEqual(texts, [
    "<1 s",
    "<1 s",
    "1 s",
    "59 s",
    "1 m 05 s",
    "59 m 59 s",
    "2 h 07 m",
    "4 d 4 h",
  ]);
});

Deno.test("short waits show tenths", () => {
  assert.deepEqual([40, 650, 9_940, 65_000].map(formatDelay), [
    "0.0 s",
    "0.7 s",
    "9.9 s",
    "1 m 05 s",
  ]);
});

Deno.test("ages keep one unit and are never negative", () => {
  assert.deepEqual(
    [-5_000, 1_999, 2_000, 61_000, 7_200_000, 200_000_000].map(formatAge),
    ["now", "now", "2 s ago", "1 m ago", "2 h ago", "2 d ago"],
  );
});

Deno.test("bytes keep two digits", () => {
  assert.deepEqual(
    [0, 999, 1_234, 12_345, 999_600, 34_000_000, 2e12].map(formatBytes),
    ["0 B", "999 B", "1.2 KB", "12 KB", "1.0 MB", "34 MB", "2 TB"],
  );
});

Deno.test("a title is cut between characters, on one line", () => {
  assert.equal(shorten("a\n\tb  c", 10), "a b c");
  assert.equal(shorten("🚀🚀🚀🚀", 3), "🚀🚀…");
});
