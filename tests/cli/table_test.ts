import assert from "node:assert/strict";
import stringWidth from "string-width";
import { type Column, cutText, formatTable } from "../../cli/table.ts";
import type { Terminal } from "../../cli/terminal.ts";

interface Row {
  name: string | null;
  status: string;
  text: string;
}

const COLUMNS: Column<Row>[] = [
  { title: "NAME", value: ({ name }) => name },
  { title: "STATUS", value: ({ status }) => status, colour: () => "green" },
  { title: "TEXT", value: ({ text }) => text, flexible: true },
];

function table(rows: Row[], width?: number, paint: Terminal["paint"] = (text) => text): string[] {
  return formatTable(rows, { columns: COLUMNS, terminal: { width, paint } }).split("\n");
}

Deno.test("columns start at the same place whatever is in them", () => {
  const lines = table([
    { name: "fast", status: "idle", text: "|plain" },
    { name: "日本語", status: "working", text: "|wide" },
    { name: "👩‍👩‍👧 é", status: "error", text: "|joined and combined" },
    { name: null, status: "idle", text: "|none" },
  ]);
  const starts = lines.slice(1).map((line) => stringWidth(line.slice(0, line.indexOf("|"))));
  assert.deepEqual(new Set(starts).size, 1, lines.join("\n"));
  assert.equal(stringWidth(lines[0]!.slice(0, lines[0]!.indexOf("TEXT"))), starts[0]);
  assert.match(lines[4] ?? "", /^- /);
});

Deno.test("a narrow terminal cuts the flexible column first and never a line's end", () => {
  const rows = [
    { name: "fast", status: "working", text: "日本語のとても長い文章です".repeat(5) },
    { name: "deep", status: "idle", text: "short" },
  ];
  for (const width of [80, 61, 40, 31, 30]) {
    const lines = table(rows, width);
    for (const line of lines) assert.ok(stringWidth(line) <= width, `${width}: ${line}`);
    assert.match(lines[1] ?? "", /^fast {2}working {2}.*…$/, `${width}`);
    assert.equal(lines[2], "deep  idle     short");
  }
  assert.equal(table(rows)[1]?.endsWith("です"), true);
});

Deno.test("a name stays whole while the flexible column can still give", () => {
  const rows = [{ name: "a-very-long-name-of-an-agent", status: "idle", text: "0123456789" }];
  assert.equal(table(rows, 46)[1], "a-very-long-name-of-an-agent  idle    0123456…");
});

Deno.test("a terminal too narrow for whole names cuts them, too, and says so", () => {
  const rows = [{ name: "a-very-long-name-of-an-agent", status: "working", text: "text" }];
  const [, line = ""] = table(rows, 30);
  assert.ok(stringWidth(line) <= 30, line);
  assert.match(line, /^a-very-.*… {2}working {2}text$/);
});

Deno.test("colours do not move columns", () => {
  const rows = [{ name: "a", status: "idle", text: "|" }, {
    name: "b",
    status: "working",
    text: "|",
  }];
  const plain = table(rows, 40);
  const painted = table(rows, 40, (text, colour) => colour ? `\x1b[32m${text}\x1b[0m` : text);
  assert.notDeepEqual(painted, plain);
  // deno-lint-ignore no-control-regex
  assert.deepEqual(painted.map((line) => line.replace(/\x1b\[\d+m/g, "")), plain);
});

Deno.test("what an agent wrote cannot steer the terminal", () => {
  const [, line = ""] = table([{
    name: "a\x1b]0;title\x07b",
    status: "\x9b31mred\x1b[2J",
    text: "one\ntwo\r\tthree\u202eback",
  }]);
  assert.equal(line, "ab    31mred  one two threeback");
});

Deno.test("cutting keeps whole characters", () => {
  assert.equal(cutText("日本語", 6), "日本語");
  assert.equal(cutText("日本語", 5), "日本…");
  assert.equal(cutText("日本語", 4), "日…");
  assert.equal(cutText("👩‍👩‍👧👩‍👩‍👧", 3), "👩‍👩‍👧…");
});
