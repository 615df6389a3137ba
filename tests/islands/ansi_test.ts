import assert from "node:assert/strict";
import { parseAnsi } from "../../islands/ansi.ts";

const ESC = "\x1b";

/** `text|style` of every run of one line. */
function runs(...lines: string[]): string[][] {
  return parseAnsi(lines).map((line) => line.map(({ text, style }) => `${text}|${style}`));
}

Deno.test("colours of 16, 256 and true colour become the theme's hues", () => {
  assert.deepEqual(
    runs(
      `${ESC}[31ma${ESC}[92mb${ESC}[38;5;75mc${ESC}[38;2;249;226;175md${ESC}[38:2::245:166:247me${ESC}[39mf`,
    ),
    [["a|fg-red", "b|fg-green", "c|fg-blue", "d|fg-yellow", "e|fg-magenta", "f|"]],
  );
});

Deno.test("light greys are the page's own colour, dark ones faint", () => {
  assert.deepEqual(
    runs(`${ESC}[38;5;255ma${ESC}[38;5;240mb${ESC}[90mc${ESC}[97md`),
    [["a|", "bc|fg-faint", "d|"]],
  );
});

Deno.test("a style carries over to the next line until it is reset", () => {
  assert.deepEqual(runs(`${ESC}[1;38;5;255;48;5;238ma`, `b${ESC}[22mc${ESC}[0md`), [
    ["a|bold bg-panel"],
    ["b|bold bg-panel", "c|bg-panel", "d|"],
  ]);
});

Deno.test("a terminal's own dark ground is no ground", () => {
  assert.deepEqual(runs(`${ESC}[48;2;10;10;12ma${ESC}[48;5;22mb`), [["a|", "b|bg-green"]]);
});

Deno.test("other sequences and control characters leave no trace", () => {
  assert.deepEqual(
    runs(`a${ESC}]0;title\x07b${ESC}]8;;http://x${ESC}\\c${ESC}[2Kd${ESC}[?25le\x00\x08f${ESC}`),
    [["abcdef|"]],
  );
});

Deno.test("an underline of a shape is an underline", () => {
  assert.deepEqual(runs(`${ESC}[4:3;58:5:1ma${ESC}[4:0mb`), [["a|underline", "b|"]]);
});

Deno.test("nonsense numbers change nothing and break nothing", () => {
  assert.deepEqual(runs(`${ESC}[38;5;999ma${ESC}[38;9mb${ESC}[999mc${ESC}[38;2md`), [["abcd|"]]);
});
