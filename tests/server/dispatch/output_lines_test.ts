import assert from "node:assert/strict";
import { OutputLines } from "../../../server/dispatch/output_lines.ts";

function cut(bytes: Uint8Array, { step, max }: { step: number; max: number }): string[] {
  const lines = new OutputLines(max);
  const all: string[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    all.push(...lines.push(bytes.subarray(at, at + step)));
  }
  return [...all, ...lines.end()];
}

Deno.test("lines are the same however the bytes are cut", () => {
  const bytes = new TextEncoder().encode("one\n\nzwei ü 😀\r\nlast without end");
  for (let step = 1; step <= bytes.length; step++) {
    assert.deepEqual(cut(bytes, { step, max: 1000 }), ["one", "", "zwei ü 😀", "last without end"]);
  }
});

Deno.test("an empty stream and a complete last line have no rest", () => {
  assert.deepEqual(cut(new Uint8Array(), { step: 1, max: 10 }), []);
  assert.deepEqual(cut(new TextEncoder().encode("a\n"), { step: 1, max: 10 }), ["a"]);
});

Deno.test("what is no UTF-8 is replaced, also at the end", () => {
  const bytes = Uint8Array.from([0xff, 0x61, 0x0a, 0xf0, 0x9f]);
  assert.deepEqual(cut(bytes, { step: 1, max: 10 }), ["\ufffda", "\ufffd"]);
});

Deno.test("a long line comes in pieces that hold whole characters", () => {
  const text = "x" + "😀".repeat(40);
  for (const step of [1, 7, 1000]) {
    const pieces = cut(new TextEncoder().encode(text + "\nshort\n"), { step, max: 10 });
    assert.equal(pieces.at(-1), "short");
    assert.equal(pieces.slice(0, -1).join(""), text);
    for (const piece of pieces) assert.ok(piece.length <= 10 && piece.isWellFormed(), piece);
  }
});
