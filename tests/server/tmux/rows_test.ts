import assert from "node:assert/strict";
import { colouredRow, plainRow } from "../../../server/tmux/rows.ts";
import { recordedRows, recordingPath } from "../../support/recordings.ts";

Deno.test("a recorded screen without its colours is the plain recording", () => {
  for (const name of ["pane-working", "pane-approval", "old-0.101.0-pane-approval"]) {
    const coloured = Deno.readTextFileSync(recordingPath(`${name}.ansi`)).split("\n");
    const plain = recordedRows(name);
    assert.deepEqual(
      coloured.map((row) => plainRow(row).trimEnd()),
      plain.map((row) => row.trimEnd()),
    );
  }
});

Deno.test("colours stay, every other sequence and control character goes", () => {
  const rows = {
    "\x1b[1;38;5;2mgreen\x1b[0m \x1b[4:3mcurly\x1b[m":
      "\x1b[1;38;5;2mgreen\x1b[0m \x1b[4:3mcurly\x1b[m",
    "\x1b]8;;http://x/\x1b\\link\x1b]8;;\x07 end": "link end",
    "\x1b[2Ja\x1b[?25lb\x1b[10;1Hc\x1b[>4;0md": "abcd",
    "a\x0eq\x0fb\x07\x08\x7f\x9b1m": "aqb1m",
    "\x1bPsecret\x1b\\x\x1b(By": "xy",
    "\x1b]0;no end": "",
    "日本 ⠹ ü": "日本 ⠹ ü",
  };
  for (const [row, expected] of Object.entries(rows)) {
    assert.equal(colouredRow(row), expected, JSON.stringify(row));
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(plainRow(row), /[\x00-\x1f\x7f-\x9f]/, JSON.stringify(row));
  }
});
