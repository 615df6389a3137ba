import assert from "node:assert/strict";
import {
  OutputReader,
  parseReport,
  type Report,
  stillTitle,
  titleClaim,
  titleState,
} from "../../../server/codex/title.ts";
import { ControlStream, unescapeOutput } from "../../../server/tmux/control_stream.ts";
import { recordingPath } from "../../support/recordings.ts";

Deno.test("a title says what Codex does, and nothing where Codex may not have set it", () => {
  const titles = {
    "⠹ Mock task title | demo-repo": "working",
    "⠏ demo-repo": "working",
    "[ ! ] Action Required | Mock task title | demo-repo": "waits",
    "[ . ] Action Required | demo-repo": "waits",
    "[ ! ] Action Required | Ready | 01a1fbd6": "waits",
    "Ready | 01a1fbd6-e165-7a23-bea1-55f57...": "idle",
    "Thinking | 01a1fbd6-e165-7a23-bea1-55f57...": "working",
    "demo-repo": undefined,
    "Mock task title | demo-repo": undefined,
    "AGENT:@fast": undefined,
    "": undefined,
    "constructor | demo-repo": undefined,
  };
  for (const [title, state] of Object.entries(titles)) {
    assert.equal(titleState(title), state, title);
  }
});

/** What Codex did when a title was recorded; none where it had set none, or says nothing by itself. */
const RECORDED: Record<string, "working" | "waits" | "idle" | undefined> = {
  idle: undefined,
  finished: undefined,
  "error-429": undefined,
  "usage-limit": undefined,
  update: undefined,
  working: "working",
  reconnecting: "working",
  question: "waits",
  approval: "waits",
  "approval-narrow": "waits",
  "approval-patch": "waits",
  "idle-activity": undefined,
  "working-activity": "working",
  "approval-activity": "waits",
  "idle-run-state": "idle",
  "working-run-state": "working",
  // Only the item `activity` says that something waits.
  "approval-run-state": "working",
};

Deno.test("every recorded title gives the state that Codex was in", () => {
  const rows = Deno.readTextFileSync(recordingPath("titles.txt")).trimEnd().split("\n")
    .map((row) => row.split("\t", 2) as [string, string]);
  const names = new Set(rows.map(([name]) => name));
  assert.deepEqual([...names].sort(), Object.keys(RECORDED).sort(), "a title without a verdict");
  for (const [name, title] of rows) {
    assert.equal(titleState(title), RECORDED[name], `${name}: ${title}`);
  }
});

Deno.test("frames of a spinner and of a blink are one title", () => {
  assert.equal(stillTitle("⠹ a | b"), stillTitle("⠏ a | b"));
  assert.equal(stillTitle("[ ! ] Action Required | a"), stillTitle("[ . ] Action Required | a"));
  assert.notEqual(stillTitle("⠹ a"), stillTitle("a"));
});

Deno.test("a report is read by its fields, in any order, and only Codex's own", () => {
  assert.equal(parseReport("state=blocked:app=codex:kind=permission"), "permission");
  assert.equal(parseReport("kind=question:app=codex:state=blocked"), "question");
  assert.equal(parseReport("state=clear"), "clear");
  assert.equal(parseReport("state=done:app=other"), undefined);
  assert.equal(parseReport("state=dancing:app=codex"), undefined);
  assert.equal(parseReport(""), undefined);
});

/** What each scenario of the recording reports, as the reader hears it. */
function recordedReports(): [string, string[]][] {
  return Deno.readTextFileSync(recordingPath("osc7501.txt")).trim().split("\n").map((line) => {
    const [name = "", ...reports] = line.split(" ").filter((word) => word !== "");
    return [name, reports];
  });
}

const BYTES = new TextEncoder();

Deno.test("reports are heard however the output is cut into chunks", () => {
  const short: Record<string, Report> = {
    "state=blocked:app=codex:kind=permission": "permission",
    "state=blocked:app=codex:kind=question": "question",
  };
  for (const [name, reports] of recordedReports()) {
    const stream = BYTES.encode(
      reports.map((report, index) =>
        `\x1b[1m• täxt ${index}\x1b[0m\x1b]0;⠹ title\x07\x1b]${report}${
          index % 2 ? "\x07" : "\x1b\\"
        }`
      ).join("\x1b[2J"),
    );
    const expected = reports.map((report) => {
      const body = report.replace("7501;", "");
      return short[body] ?? body.replace(/^state=(\w+):.*$/, "$1");
    });
    for (const size of [1, 2, 7, stream.length]) {
      const reader = new OutputReader();
      const heard: Report[] = [];
      for (let at = 0; at < stream.length; at += size) {
        heard.push(...reader.feed(stream.subarray(at, at + size)));
      }
      assert.deepEqual(heard, expected, `${name} in chunks of ${size}`);
    }
  }
});

Deno.test("a recorded approval is reported as it happened, frames closed at its end", () => {
  const reader = new OutputReader();
  const heard: Report[] = [];
  const stream = new ControlStream({
    on_block: () => {},
    on_output: (_pane, escaped) => heard.push(...reader.feed(unescapeOutput(escaped))),
    on_notification: () => {},
  });
  stream.push(Deno.readFileSync(recordingPath("control-mode-approval.txt")));
  assert.deepEqual(heard, ["working", "permission", "working", "done", "idle", "clear"]);
  assert.equal(reader.frame_open, false);
});

Deno.test("a frame is open from its begin to its end", () => {
  const reader = new OutputReader();
  const states = ["\x1b[?20", "26h", "text\x1b[1;1H", "\x1b[?2026", "l"].map((chunk) => {
    reader.feed(BYTES.encode(chunk));
    return reader.frame_open;
  });
  assert.deepEqual(states, [false, true, true, true, false]);
  reader.feed(BYTES.encode("\x1b[?2026$p\x1b[?20261h\x1b[2026h"));
  assert.equal(reader.frame_open, false);
});

Deno.test("endless sequences neither grow nor hide what follows", () => {
  const reader = new OutputReader();
  const noise = BYTES.encode("7501;state=working:app=codex" + "x".repeat(10_000));
  reader.feed(BYTES.encode("\x1b]"));
  for (let round = 0; round < 100; round++) assert.deepEqual(reader.feed(noise), []);
  assert.deepEqual(reader.feed(BYTES.encode("\x07\x1b]7501;state=done:app=codex\x07")), ["done"]);
  const long = `\x1b]7501;state=error:pad=${"x".repeat(1_000)}:app=codex\x07`;
  assert.deepEqual(reader.feed(BYTES.encode(long)), []);
  reader.feed(BYTES.encode("\x1b]0;cut off\x1b"));
  assert.deepEqual(reader.feed(BYTES.encode("]7501;state=idle\x1b\\")), ["idle"]);
});

Deno.test("a report outweighs the title, a plain title counts only where Codex sets titles", () => {
  const seen = { title: "demo-repo", report: undefined, sets_titles: false, question: false };
  const claim = (more: Partial<Parameters<typeof titleClaim>[0]>) => {
    const { status, outcome } = titleClaim({ ...seen, ...more });
    return [status, outcome];
  };
  assert.deepEqual(claim({}), ["unknown", null]);
  assert.deepEqual(claim({ sets_titles: true }), ["idle", null]);
  assert.deepEqual(claim({ title: "⠹ x" }), ["working", null]);
  assert.deepEqual(claim({ title: "[ ! ] Action Required | x" }), ["approval", null]);
  assert.deepEqual(claim({ title: "[ . ] Action Required | x", question: true }), ["input", null]);
  // Reported a second before the title changes (REC control-mode-approval).
  assert.deepEqual(claim({ title: "⠹ x", report: "permission" }), ["approval", null]);
  assert.deepEqual(claim({ report: "question" }), ["input", null]);
  assert.deepEqual(claim({ report: "done" }), ["idle", "done"]);
  assert.deepEqual(claim({ report: "error" }), ["error", "error"]);
  assert.deepEqual(claim({ report: "clear" }), ["unknown", null]);
});
