import assert from "node:assert/strict";
import { Tiktoken } from "js-tiktoken/lite";
import ranks from "js-tiktoken/ranks/o200k_base";
import { TokenCounter } from "../../../server/tokens/count.ts";
import { cleanLines, cutPieces } from "../../../server/tokens/pieces.ts";

const tokenizer = new Tiktoken(ranks);
const exact = (text: string) => tokenizer.encode(text, [], []).length;
const PATIENT = { budget_ms: 60_000 };

Deno.test("prose and code have nearly as many tokens in pieces as in one", async () => {
  const counter = new TokenCounter(exact);
  const prose =
    "Don’t guess: 12 files, 3,456 lines; naïve Straßen und Gemüse.\n\nSecond paragraph.\n";
  const code = await Deno.readTextFile(new URL(import.meta.url));
  for (const text of [prose.repeat(20), code.slice(0, 4_000)]) {
    const whole = exact(text);
    const pieces = counter.count(text, PATIENT);
    assert.ok(Math.abs(pieces - whole) <= whole * 0.1, `${pieces} in pieces, ${whole} in one`);
  }
});

Deno.test("text that looks like a special token is counted as text", () => {
  assert.ok(new TokenCounter(exact).count("<|endoftext|>", PATIENT) > 1);
});

Deno.test("rules, borders, spinners and colours are no tokens", () => {
  const text = [
    "─".repeat(100),
    "│   │",
    "╭──╮ ▁▂▃ ⠹",
    "=".repeat(80),
    "-----+-----",
    "\x1b[31m\x1b]0;a title\x07\x1b[0m",
    "   ",
  ].join("\n");
  assert.deepEqual([...cleanLines(text)], ["+"]);
  assert.deepEqual([...cleanLines("│ \x1b[1mkept\x1b[0m │")], [" kept"]);
});

Deno.test("pieces are the line, and none is long enough to be slow", () => {
  for (
    const line of [
      "a few words  with   spaces",
      "x".repeat(1_000),
      "あ".repeat(1_000),
      "🙂".repeat(100),
      ` ${"é".repeat(50)} tail`,
    ]
  ) {
    const pieces = cutPieces(line);
    assert.equal(pieces.join(""), line);
    for (const piece of pieces) assert.ok(new TextEncoder().encode(piece).length <= 66, piece);
  }
});

Deno.test("what the budget does not reach is taken to be like the rest", () => {
  let asked = 0;
  const slow = new TokenCounter((piece) => {
    asked++;
    const end = performance.now() + 2;
    while (performance.now() < end);
    return piece.length;
  });
  const text = Array.from({ length: 5_000 }, (_, n) => `word${n}`).join("\n");
  const tokens = slow.count(text, { budget_ms: 20 });
  assert.ok(asked < 5_000, "it stopped asking");
  assert.ok(Math.abs(tokens - text.length) <= text.length * 0.05, `${tokens} of ${text.length}`);
});
