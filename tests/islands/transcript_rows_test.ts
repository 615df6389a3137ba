import assert from "node:assert/strict";
import { countChanges, diffLines } from "../../islands/diff.ts";
import { readPlan } from "../../islands/plan.ts";
import { threadTrees, upTo } from "../../islands/thread_tree.ts";
import { groupByTurn } from "../../islands/transcript_rows.ts";
import type { ThreadListRow, TranscriptItem, TurnRow } from "../../server/wire.ts";

function item(seq: number, more: Partial<TranscriptItem> = {}): TranscriptItem {
  return {
    seq,
    ts: 1_000 + seq,
    turn_id: "t1",
    item_id: null,
    item: "assistant",
    text: `item ${seq}`,
    command: null,
    cwd: null,
    output: null,
    exit_code: null,
    status: null,
    duration_ms: null,
    changes: null,
    child_thread_id: null,
    cut: false,
    ...more,
  };
}

function turn(turn_id: string, started_ts: number, finished_ts: number | null = null): TurnRow {
  return { turn_id, started_ts, finished_ts, status: finished_ts ? "done" : "running" } as TurnRow;
}

/** `t1: 1 2 | 5+3`: a turn's items, and those after its end with how late they were. */
function shown(items: TranscriptItem[], turns: TurnRow[]): string[] {
  return groupByTurn(items, turns).map(({ key, rows, late }) => {
    const names = rows.map(({ item }) => item.seq);
    const after = late.map(({ item, late_ms }) => `${item.seq}+${late_ms}`);
    return `${key}: ${names.join(" ")}${after.length ? ` | ${after.join(" ")}` : ""}`.trim();
  });
}

Deno.test("items stand with their turn, also when they came after its end or in the next one", () => {
  const items = [
    item(1),
    item(2),
    item(3, { turn_id: "t2" }),
    item(5, { item: "command", ts: 1_005 }),
    item(6, { turn_id: "t2" }),
  ];
  const turns = [turn("t1", 1_000, 1_002), turn("t2", 1_003)];
  assert.deepEqual(shown(items, turns), ["t1: 1 2 | 5+3", "t2: 3 6"]);
});

Deno.test("a turn that has said nothing yet is there, older ones without items are not", () => {
  const turns = [turn("t0", 900, 950), turn("t1", 1_000, 2_000), turn("t2", 3_000)];
  assert.deepEqual(shown([item(1)], turns), ["t1: 1", "t2:"]);
  assert.deepEqual(shown([], turns), ["t2:"]);
  assert.deepEqual(shown([], []), []);
});

Deno.test("items of a turn that is not known are shown where they belong in time", () => {
  const items = [item(1, { turn_id: "gone" }), item(9, { turn_id: "t1", ts: 9_000 })];
  assert.deepEqual(shown(items, [turn("t1", 8_000)]), ["gone: 1", "t1: 9"]);
});

Deno.test("a legacy tool call and its output are one, a call that still runs is shown", () => {
  const items = [
    item(1, { item: "tool_call", item_id: "a", text: "shell", command: "ls" }),
    item(2, { item: "tool_call", item_id: "b", text: "shell", command: "sleep 9" }),
    item(3, { item: "command", item_id: "a", output: "x" }),
  ];
  const [group] = groupByTurn(items, [turn("t1", 1_000)]);
  assert.deepEqual(group?.rows.map(({ item, call }) => [item.seq, call?.command]), [
    [2, undefined],
    [3, "ls"],
  ]);
});

Deno.test("a sub-agent is nested once, reasoning without a summary is left out", () => {
  const items = [
    item(1, { item: "reasoning", text: " " }),
    item(2, { item: "sub_agent", child_thread_id: "c" }),
    item(3, { item: "sub_agent", child_thread_id: "c" }),
  ];
  const [group] = groupByTurn(items, [turn("t1", 1_000)]);
  assert.deepEqual(group?.rows.map(({ item, is_nest }) => [item.seq, is_nest]), [
    [2, true],
    [3, false],
  ]);
});

Deno.test("a plan is a checklist when every line is a step", () => {
  assert.deepEqual(readPlan("- [x] a\n\n2. [ ] b\n[~] c\n✔ d\n□ e"), [
    { text: "a", state: "done" },
    { text: "b", state: "open" },
    { text: "c", state: "now" },
    { text: "d", state: "done" },
    { text: "e", state: "open" },
  ]);
  assert.equal(readPlan("# Plan\n- [x] a"), undefined);
  assert.equal(readPlan(""), undefined);
});

Deno.test("a diff's lines say what they do, a whole file is all of one kind", () => {
  const diff = "@@ -1,2 +1,2 @@\n same\n-old\n+new\n+++x\n\\ No newline at end of file\n";
  const lines = diffLines({ kind: "update", diff });
  assert.deepEqual(lines.map(({ kind, text }) => `${kind} ${text}`), [
    "hunk @@ -1,2 +1,2 @@",
    "same same",
    "remove old",
    "add new",
    "add ++x",
    "same \\ No newline at end of file",
  ]);
  assert.deepEqual(countChanges(lines), { added: 2, removed: 1 });
  const added = diffLines({ kind: "add", diff: "-a\n+b\n" });
  assert.deepEqual(added.map(({ kind, text }) => `${kind} ${text}`), ["add -a", "add +b"]);
  assert.deepEqual(diffLines({ kind: "delete", diff: null }), []);
});

function thread(thread_id: string, parent_thread_id: string | null = null): ThreadListRow {
  return { thread_id, parent_thread_id, total_tokens: 1 } as ThreadListRow;
}

Deno.test("threads stand under their parents; a ring of parents hides nobody", () => {
  const rows = [thread("a"), thread("b"), thread("a1", "a"), thread("a2", "a1"), thread("o", "x")];
  const words = (nodes: ReturnType<typeof threadTrees>): string =>
    nodes.map(({ thread, sub_agents }) => `${thread.thread_id}(${words(sub_agents)})`).join(" ");
  assert.equal(words(threadTrees(rows)), "a(a1(a2())) b() o()");
  const ring = threadTrees([thread("p", "q"), thread("q", "p"), thread("s", "s")]);
  assert.equal(words(ring).replace(/[() ]/g, "").split("").sort().join(""), "pqs");
  assert.deepEqual(upTo(rows, 1), {
    threads: rows.filter(({ thread_id }) => thread_id.startsWith("a")),
    has_more: true,
  });
  assert.equal(upTo(rows, 3).has_more, false);
});
