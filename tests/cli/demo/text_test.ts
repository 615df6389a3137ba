import assert from "node:assert/strict";
import { columns, printable, truncate, wrap } from "../../../cli/demo/text.ts";

Deno.test("text breaks at spaces, after hyphens inside words, and where a word is too long", () => {
  assert.deepEqual(wrap("one two three", 8), ["one two", "three"]);
  assert.deepEqual(wrap("[JOB:bc65-4e20] x", 10), ["[JOB:bc65-", "4e20] x"]);
  assert.deepEqual(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
  assert.deepEqual(wrap("  kept", 10), ["  kept"]);
  assert.deepEqual(wrap("", 10), [""]);
});

Deno.test("wide characters take two columns, combining ones none", () => {
  assert.equal(columns("漢字🦉"), 6);
  assert.equal(columns("e\u0301"), 1);
  assert.equal(columns("⚠ ✔ •"), 5);
  assert.deepEqual(wrap("漢字漢字", 4), ["漢字", "漢字"]);
  assert.equal(truncate("漢字漢字", 5), "漢字…");
});

Deno.test("what a terminal would obey is not printable", () => {
  assert.equal(printable("a\x1b[2J\x07\x9b31mb\tc\nd"), "a[2J31mb c\nd");
});
