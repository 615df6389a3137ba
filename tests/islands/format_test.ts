import assert from "node:assert/strict";
import {
  formatAge,
  formatAmount,
  formatBytes,
  formatCount,
  formatDelay,
  formatDuration,
  formatRough,
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

Deno.test("rough figures have no more digits than an estimate", () => {
  const counts = [0, 999, 1_234, 45_678, 99_949, 99_950, 999_499, 999_500, 1_234_567, 250_000_000];
  assert.deepEqual(counts.map(formatRough), [
    ...["0", "999", "1.2k", "45.7k", "99.9k", "100k", "999k", "1.0M", "1.2M", "250M"],
  ]);
});

Deno.test("amounts have a currency, and are never shown as nothing", () => {
  const usd = (amount: number) => formatAmount({ amount, currency: "USD" });
  assert.deepEqual([0, 0.00001, 0.0123, 1.5, 1234.5].map(usd), [
    ...["0.00 USD", "<0.0001 USD", "0.0123 USD", "1.50 USD", "1,234.50 USD"],
  ]);
});
