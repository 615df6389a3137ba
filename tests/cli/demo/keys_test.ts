import assert from "node:assert/strict";
import { type Input, KeyParser } from "../../../cli/demo/keys.ts";

const encoder = new TextEncoder();

function parse(...reads: string[]): Input[] {
  const parser = new KeyParser();
  return reads.flatMap((read) => parser.feed(encoder.encode(read)));
}

/** The same bytes, split at every place. */
function everySplit(text: string): Input[][] {
  const bytes = encoder.encode(text);
  return Array.from(bytes, (_, at) => {
    const parser = new KeyParser();
    return [...parser.feed(bytes.subarray(0, at)), ...parser.feed(bytes.subarray(at))];
  });
}

Deno.test("a paste is one input wherever its bytes are split, with newlines and tabs in it", () => {
  const expected: Input[] = [{ type: "paste", text: "a\n\tb 🦉\n- c" }];
  for (const inputs of everySplit("\x1b[200~a\r\tb 🦉\r- c\x1b[201~")) {
    assert.deepEqual(inputs, expected);
  }
});

Deno.test("an escape sequence inside a paste is text", () => {
  assert.deepEqual(parse("\x1b[200~\x1b[A\x1b\x03\x1b[201~"), [
    { type: "paste", text: "\x1b[A\x1b\x03" },
  ]);
});

Deno.test("keys and text keep their order", () => {
  assert.deepEqual(parse("ab\x1b[Ac\r", "\x0b\x1b[1~\x1bOH\x1b[Z"), [
    { type: "text", text: "ab" },
    { type: "key", key: "up" },
    { type: "text", text: "c" },
    { type: "key", key: "enter" },
    { type: "key", key: "kill_to_end" },
    { type: "key", key: "home" },
    { type: "key", key: "home" },
    { type: "key", key: "back_tab" },
  ]);
});

Deno.test("an Escape alone is a key once nothing follows it", () => {
  const parser = new KeyParser();
  assert.deepEqual(parser.feed(encoder.encode("x\x1b")), [{ type: "text", text: "x" }]);
  assert.equal(parser.undecided, true);
  assert.deepEqual(parser.decide(), [{ type: "key", key: "escape" }]);
  assert.deepEqual(parser.feed(encoder.encode("y")), [{ type: "text", text: "y" }]);
});

Deno.test("a sequence that means nothing here is no input", () => {
  assert.deepEqual(parse("\x1b[I\x1b[?62;4cz"), [{ type: "text", text: "z" }]);
});
