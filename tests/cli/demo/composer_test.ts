import assert from "node:assert/strict";
import { Composer } from "../../../cli/demo/composer.ts";
import type { Key } from "../../../cli/demo/keys.ts";

function after(text: string, ...keys: Key[]): string {
  const composer = new Composer();
  composer.insert(text);
  for (const key of keys) composer.press(key);
  return composer.take();
}

Deno.test("C-k and C-u clear only the cursor's line", () => {
  assert.equal(after("one\ntwo", "home", "kill_to_end"), "one\n");
  assert.equal(after("one\ntwo", "kill_to_start"), "one\n");
  assert.equal(after("one\ntwo", "up", "end", "kill_to_end"), "onetwo");
});

Deno.test("characters outside the basic plane are deleted whole", () => {
  assert.equal(after("a🦉b", "left", "backspace"), "ab");
  assert.equal(after("a🦉b", "home", "right", "delete"), "ab");
});

Deno.test("up and down move between lines", () => {
  assert.equal(after("one\ntwo\nthree", "up", "kill_to_end"), "one\n\nthree");
  assert.equal(
    after("one\ntwo\nthree", "home", "up", "up", "down", "kill_to_start"),
    "one\n\nthree",
  );
});

Deno.test("a long paste is folded on the screen and whole when taken", () => {
  const composer = new Composer();
  const pasted = "p".repeat(1001);
  composer.paste("short ");
  composer.paste(pasted);
  composer.paste(pasted);
  assert.deepEqual(composer.rows(100).rows, [
    "  short [Pasted Content 1001 chars][Pasted Content 1001 chars] #2",
  ]);
  composer.press("backspace");
  assert.equal(composer.take(), `short ${pasted}`);
  assert.equal(composer.empty, true);
});

Deno.test("a draft wraps to the pane and the cursor follows it", () => {
  const composer = new Composer();
  composer.insert("one two three\nfour");
  assert.deepEqual(composer.rows(11), {
    rows: ["  one two", "  three", "  four"],
    cursor: { x: 6, y: 2 },
  });
});
