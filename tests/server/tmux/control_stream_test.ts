import assert from "node:assert/strict";
import { type Block, ControlStream, unescapeOutput } from "../../../server/tmux/control_stream.ts";
import { recordingPath } from "../../support/recordings.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

function read(bytes: Uint8Array, size = bytes.length) {
  const blocks: Block[] = [];
  const output: [string, string][] = [];
  const notifications: string[] = [];
  const stream = new ControlStream({
    on_block: (block) => blocks.push(block),
    on_output: (pane_id, escaped) =>
      output.push([pane_id, DECODER.decode(unescapeOutput(escaped))]),
    on_notification: (name, rest) => notifications.push(`${name}|${rest}`),
  });
  for (let at = 0; at < bytes.length; at += size) stream.push(bytes.slice(at, at + size));
  return { blocks, output, notifications };
}

Deno.test("a recorded session is the same however it arrives", () => {
  for (const name of ["control-mode.txt", "control-mode-approval.txt"]) {
    const bytes = Deno.readFileSync(recordingPath(name));
    const whole = read(bytes);
    for (const size of [1, 3, 100]) assert.deepEqual(read(bytes, size), whole);
  }
  const { blocks, output, notifications } = read(
    Deno.readFileSync(recordingPath("control-mode.txt")),
  );
  assert.deepEqual(blocks.map(({ ok, own, rows }) => [ok, own, rows.length]), [
    [true, false, 0],
    [true, true, 0],
    [true, true, 5],
    [true, true, 0],
  ]);
  assert.equal(blocks[2]?.rows[0], "%0 agents 22252 CTRL  (codexctl)");
  const chunks = output.filter(([pane]) => pane === "%2").map(([, text]) => text);
  assert.ok(chunks.includes("\x1b]7501;state=working:app=codex\x1b\\"));
  assert.ok(chunks.includes("\x1b]0;⠇ demo-repo\x07"));
  assert.ok(notifications.includes("session-changed|$0 codexctl"));
  assert.ok(notifications.includes("subscription-changed|st $0 @2 2 %2 : %2 ⠏ demo-repo 1 0"));
  assert.ok(notifications.includes("window-renamed|@0 agents2"));
  assert.ok(notifications.includes("exit|"));
});

Deno.test("a block ends at its own guard only, whatever a screen shows", () => {
  const { blocks, notifications } = read(ENCODER.encode(
    [
      "%begin 1795225107 513 1",
      "%end 1795225107 512 1",
      "%error 1795225108 513 1",
      "%begin 1795225107 513 1",
      "%output %0 not output",
      "%exit",
      "",
      "%end 1795225107 513 1",
      "%begin 1795225107 514 1",
      "no such pane",
      "%error 1795225107 514 1",
      "%some-news $1 of a later tmux",
      "neither a notification nor in a block",
      "",
    ].join("\n"),
  ));
  assert.deepEqual(blocks, [
    {
      ok: true,
      own: true,
      rows: [
        "%end 1795225107 512 1",
        "%error 1795225108 513 1",
        "%begin 1795225107 513 1",
        "%output %0 not output",
        "%exit",
        "",
      ],
    },
    { ok: false, own: true, rows: ["no such pane"] },
  ]);
  assert.deepEqual(notifications, ["some-news|$1 of a later tmux"]);
});

Deno.test("escaped output is the bytes that were written, also half a character", () => {
  const unescape = (text: string) => [...unescapeOutput(ENCODER.encode(text))];
  assert.deepEqual(unescape("a\\033[1m\\134\\015\\012b"), [
    ...[0x61, 0x1b, 0x5b, 0x31, 0x6d, 0x5c, 0x0d, 0x0a, 0x62],
  ]);
  assert.deepEqual(unescape("plain ü"), [...ENCODER.encode("plain ü")]);
  const half = new Uint8Array([0x5c, 0x30, 0x31, 0x32, 0xe2, 0x94]);
  assert.deepEqual([...unescapeOutput(half)], [0x0a, 0xe2, 0x94]);
});
