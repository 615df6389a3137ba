import assert from "node:assert/strict";
import {
  EXPORT_FORMATS,
  type ExportFormat,
  exportName,
  type ExportScope,
  exportText,
} from "../../../server/export/export.ts";
import { readExportScope } from "../../../server/export/scope.ts";
import type { EventPayload } from "../../../server/wire.ts";
import { jobEvents } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";
import { item, turn } from "../../support/search.ts";
import { TestStore } from "../../support/store.ts";
import { threadEvent, turnEnd, turnItem, turnStart } from "../../support/thread_events.ts";

const recording = (name: string) => readRollout(rolloutLines(name), name);

function write(test: TestStore, scope: ExportScope, format: ExportFormat): string {
  return [...exportText(test.store, { scope, format, version: "9.9.9" })].join("");
}

interface JsonItem {
  item: string;
  text?: string | null;
  thread?: { thread_id: string };
  items?: JsonItem[];
}

interface JsonEntry {
  job: { job_id: string } | null;
  thread: { thread_id: string } | null;
  turns: { turn_id: string }[];
  items: JsonItem[];
  output: { type: string; text: string }[];
}

function entries(test: TestStore, scope: ExportScope): JsonEntry[] {
  const parsed = JSON.parse(write(test, scope, "json"));
  assert.deepEqual(parsed.scope, JSON.parse(JSON.stringify(scope)));
  assert.equal(parsed.codexdash, "9.9.9");
  return parsed.entries;
}

/** Lines of a Markdown text outside of its fenced blocks (CommonMark 0.31 §4.5), and its blocks. */
function readMarkdown(text: string): { outside: string[]; blocks: string[] } {
  const outside: string[] = [];
  const blocks: string[] = [];
  let fence: { marks: number; lines: string[] } | undefined;
  for (const line of text.split("\n")) {
    const marks = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (fence) {
      if (marks && marks[1]!.length >= fence.marks && marks[2]!.trim() === "") {
        blocks.push(fence.lines.join("\n"));
        fence = undefined;
      } else fence.lines.push(line);
    } else if (marks) fence = { marks: marks[1]!.length, lines: [] };
    else outside.push(line);
  }
  assert.equal(fence, undefined, "a block was not closed");
  return { outside, blocks };
}

const HOSTILE = [
  "# A heading of its own",
  "```",
  "````text",
  "~~~",
  "## Job `fake`",
  "<script>alert(1)</script> <!--",
  "[link](javascript:x) ![image](http://evil)",
  "``````",
  "> quote",
  "\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x07 \u202eturned",
  "`".repeat(12),
].join("\n");

Deno.test("a recorded job is exported with all that is known of it, in every format", () => {
  using test = new TestStore();
  const events = recording("rollout-exec");
  const [job_id, patch_id] = markersOf(events);
  test.commit(...events);
  const texts = EXPORT_FORMATS.map((format) => write(test, { job_id }, format));
  for (const text of texts) {
    for (
      const part of ["gpt-6.1-sol", "echo to-stderr >&2; exit 3", "app.py", "all good.", job_id!]
    ) {
      assert.ok(text.includes(part), part);
    }
    assert.ok(!text.includes("Patch handled."), "another turn's item");
  }
  const [md = "", , txt = ""] = texts;
  for (const text of [md, txt]) {
    assert.match(text, /Status: +done, says rollout\n/);
    assert.match(text, /Sent: +2026-11-21T01:48:29\.021Z\n/);
    assert.match(
      text,
      /Tokens: +3265 \(exact\), 3200 input \(2600 cached\), 65 output \(16 reasoning\)/,
    );
    assert.match(text, /Command, exit code 3, 0 ms/);
  }
  assert.deepEqual(readMarkdown(md).blocks.slice(-4), [
    "**Planning the mock step**\n\nMock reasoning summary.",
    "ls; echo to-stderr >&2; exit 3",
    "README.md\napp.py\nto-stderr",
    "Command finished, all good.",
  ]);
  const [entry] = entries(test, { job_id });
  assert.deepEqual(entry!.items.map(({ item }) => item), [
    "user",
    "reasoning",
    "command",
    "assistant",
  ]);
  const patch = write(test, { job_id: patch_id }, "md");
  assert.match(
    patch,
    /\nAdded: `\/tmp\/demo-repo\/hello\.txt`\n\n```diff\nhello from the mock\n```\n/,
  );
});

Deno.test("estimated tokens say so, and a failed turn says why", () => {
  using test = new TestStore();
  test.commit(...jobEvents("j1"), {
    type: "token_estimate",
    ts: 9_000,
    job_id: "j1",
    method: "chars",
    prompt_tokens_est: 3,
    completion_tokens_est: 2,
    total_tokens_est: 5,
  });
  for (const format of ["md", "txt"] as const) {
    assert.match(write(test, { job_id: "j1" }, format), /Tokens: +about 5 \(estimated\)\n/);
  }
  const failed = recording("rollout-usage-limit");
  test.commit(...failed);
  const text = write(test, { job_id: markersOf(failed)[0] }, "txt");
  assert.match(
    text,
    /--- Turn ended: error, usage_limit_exceeded\n {4}You’ve hit your usage limit/,
  );
});

Deno.test("a job that no session file tells of has what its pane and the controller printed", () => {
  using test = new TestStore();
  test.commit(...jobEvents("j1"));
  const [entry] = entries(test, { job_id: "j1" });
  assert.deepEqual(entry!.items, []);
  assert.deepEqual(entry!.output.map(({ type, text }) => [type, text]), [
    ["pane_output", "hello"],
    ["controller_output", "sent"],
  ]);
  assert.deepEqual(readMarkdown(write(test, { job_id: "j1" }, "md")).blocks, [
    "say hello",
    "hello",
    "sent",
  ]);
  assert.match(
    write(test, { job_id: "j1" }, "txt"),
    / Pane\n {4}hello\n\n.* Controller\n {4}sent\n/,
  );
});

Deno.test("nothing that an agent wrote becomes markup, a line of ours, or a terminal's command", () => {
  using test = new TestStore();
  const agent = "`x` | # ";
  const [, dispatch] = jobEvents("j1");
  const jobs = [{ job_id: "j1", agent, pane_id: null }];
  test.commit(
    { ...dispatch, jobs, prompt_text: HOSTILE } as EventPayload,
    ...turn("t"),
    item("t", { item: "user", text: `[JOB:j1] ${HOSTILE}`, markers: ["j1"] }),
    item("t", { item: "assistant", text: HOSTILE }),
    item("t", { item: "command", command: HOSTILE, output: HOSTILE, cwd: HOSTILE, exit_code: 1 }),
    item("t", {
      item: "file_change",
      changes: [{ path: HOSTILE, kind: HOSTILE, diff: HOSTILE }],
    }),
    turnEnd({ thread_id: "t", turn_id: "t-turn", ts: 9_000 }, { message: HOSTILE, code: HOSTILE }),
  );
  const { outside, blocks } = readMarkdown(write(test, { job_id: "j1" }, "md"));
  assert.deepEqual(outside.filter((line) => /^ {0,3}#/.test(line)), [
    "# Job `j1`",
    "## Job `j1`",
    "### Prompt",
    "### Transcript",
  ]);
  const bare = outside.map((line) => line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, ""));
  for (const line of bare) assert.doesNotMatch(line, /[<>[\]`|~_\\]/, line);
  assert.ok(
    outside.includes("- Agent: `` `x` | # ``") || outside.includes("- Agent: `` `x` | #``"),
  );
  const plain = HOSTILE.replace("\x1b[31mred\x1b[0m \x1b]0;title\x07bell\x07 \u202e", "red bell ");
  assert.ok(blocks.filter((block) => block === plain).length >= 5, blocks.join("\n\n"));

  const text = write(test, { job_id: "j1" }, "txt");
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(text, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
  assert.equal(text.split("\n").filter((line) => line.startsWith("Job ")).length, 2);
  const [entry] = entries(test, { job_id: "j1" });
  assert.equal(entry!.items[1]!.text, HOSTILE);
});

/** j1's turn starts a sub-agent, which starts another; a third is named nowhere. */
function tree(): EventPayload[] {
  const start = (thread_id: string, parent: string | null, ts: number) => [
    threadEvent(thread_id, ts, {
      parent_thread_id: parent,
      root_thread_id: "root",
      agent_nickname: parent && `${thread_id}'s name`,
    }),
    ...turnStart({ thread_id, turn_id: `${thread_id}-turn`, ts, root: "root-turn" }),
  ];
  const place = (thread_id: string, ts: number) => ({
    thread_id,
    turn_id: `${thread_id}-turn`,
    ts,
  });
  const say = (thread_id: string, text: string, ts: number) =>
    turnItem("assistant", place(thread_id, ts), { text });
  const spawn = (thread_id: string, child_thread_id: string, ts: number) =>
    turnItem("sub_agent", place(thread_id, ts), {
      text: "/root",
      status: "started",
      child_thread_id,
    });
  return [
    ...start("root", null, 1_000),
    turnItem("user", place("root", 1_001), { text: "[JOB:j1] go", markers: ["j1"] }),
    spawn("root", "child", 1_002),
    say("root", "root waits", 1_003),
    spawn("root", "child", 1_004),
    ...start("child", "root", 1_100),
    spawn("child", "grandchild", 1_101),
    say("child", "child says", 1_102),
    ...start("grandchild", "child", 1_200),
    say("grandchild", "grandchild says", 1_201),
    ...start("silent", "root", 1_300),
    say("silent", "silent says", 1_301),
  ];
}

Deno.test("sub-agents stand where they were started, each once, at any depth", () => {
  using test = new TestStore();
  test.commit(...tree());
  const words = (items: JsonItem[]): unknown[] =>
    items.map((it) => it.items ? [it.thread!.thread_id, ...words(it.items)] : it.text);
  const [entry, ...others] = entries(test, { job_id: "j1" });
  assert.deepEqual(words(entry!.items), [
    "[JOB:j1] go",
    "/root",
    ["child", "/root", ["grandchild", "grandchild says"], "child says"],
    "root waits",
    "/root",
    ["silent", "silent says"],
  ]);
  assert.deepEqual(others, []);
  const md = write(test, { job_id: "j1" }, "md");
  assert.match(md, /\n> \*\*Sub-agent `child's name`\*\*\n/);
  assert.match(md, /\n> > ```text\n> > grandchild says\n> > ```\n/);
  assert.match(write(test, { job_id: "j1" }, "txt"), /\n {2}\| {3}\| {5}grandchild says\n/);
  // Sub-agents are no entries of their own.
  assert.equal(entries(test, { from_ts: 0 }).length, 1);
});

Deno.test("an agent's jobs and the turns that no job asked for come in the order of their start", () => {
  using test = new TestStore();
  test.commit(...jobEvents("early", 1_000), ...jobEvents("late", 90_000));
  const [, other] = jobEvents("other", 2_000);
  const deep = { agent: "deep", pane_id: "%2" };
  test.commit({ ...other, ...deep, jobs: [{ job_id: "other", ...deep }] } as EventPayload);
  test.commit(
    ...turn("typed", 50_000),
    {
      type: "thread_mapped",
      ts: 50_001,
      agent: "fast",
      pane_id: "%1",
      thread_id: "typed",
      via: "lock",
    },
    item("typed", { item: "user", text: "by hand", ts: 50_002 }),
  );
  const ids = (scope: ExportScope) =>
    entries(test, scope).map(({ job, turns }) => job?.job_id ?? turns[0]!.turn_id);
  assert.deepEqual(ids({ agent: "fast" }), ["early", "typed-turn", "late"]);
  assert.deepEqual(ids({ agent: "deep" }), ["other"]);
  assert.deepEqual(ids({ from_ts: 0 }), ["early", "other", "typed-turn", "late"]);
  const [first] = entries(test, { job_id: "early" }) as unknown as {
    job: { started_ts: number };
  }[];
  const { started_ts } = first!.job;
  assert.deepEqual(ids({ from_ts: started_ts, to_ts: 50_000 }), ["early", "other"]);
  assert.deepEqual(ids({ from_ts: started_ts + 1, to_ts: 50_001 }), ["other", "typed-turn"]);
  assert.deepEqual(ids({ agent: "fast", from_ts: 95_000 }), []);
  for (const format of EXPORT_FORMATS) assert.ok(write(test, { from_ts: 95_000_000 }, format));
});

Deno.test("more entries than are read at once come once each", () => {
  using test = new TestStore();
  const dispatches = Array.from({ length: 1_203 }, (_, n) => {
    const [, dispatch] = jobEvents(`j${n}`, 1_000 + Math.floor(n / 600));
    return dispatch!;
  });
  test.commit(...dispatches);
  const ids = entries(test, { from_ts: 0 }).map(({ job }) => job!.job_id);
  assert.equal(ids.length, 1_203);
  assert.equal(new Set(ids).size, 1_203);
});

Deno.test("an export is read as it is written: what comes meanwhile is in it", () => {
  using test = new TestStore();
  const long = (n: number) => item("t", { text: `${n} ${"x".repeat(50_000)}`, ts: 3_000 + n });
  test.commit(...jobEvents("j1"), ...turn("t"));
  test.commit(item("t", { item: "user", text: "[JOB:j1] say hello", markers: ["j1"] }));
  test.commit(...Array.from({ length: 100 }, (_, n) => long(n)));
  const pieces = exportText(test.store, { scope: { job_id: "j1" }, format: "txt", version: "1" });
  const first = pieces.next().value!;
  assert.ok(first.length < 200_000, "a piece is a part");
  test.commit(item("t", { text: "written meanwhile", ts: 9_000 }));
  const rest = [...pieces];
  assert.ok(rest.every((piece) => piece.length < 200_000));
  assert.ok(rest.at(-1)!.includes("written meanwhile"));
});

Deno.test("what is not there and what is no scope is refused", () => {
  using test = new TestStore();
  test.commit(...jobEvents("j1"));
  const refused = (scope: ExportScope, code: string) =>
    assert.throws(
      () => readExportScope(test.store, scope),
      (error: { code?: string }) => error.code === code,
    );
  refused({}, "invalid");
  refused({ job_id: "j1", agent: "fast" }, "invalid");
  refused({ job_id: "j9" }, "not_found");
  refused({ agent: "nobody" }, "not_found");
  assert.deepEqual(readExportScope(test.store, { job_id: "j1", agent: undefined }), {
    job_id: "j1",
  });
});

Deno.test("a file's name holds nothing that a shell, a header or a file system minds", () => {
  assert.equal(exportName({ job_id: "j1" }, "md"), "codexdash-job-j1.md");
  const name = exportName({ agent: '../"a\r\nb;$(x) é' }, "txt");
  assert.match(name, /^codexdash-agent-[A-Za-z0-9._-]+\.txt$/);
  assert.equal(
    exportName({ from_ts: Date.UTC(2026, 2, 1), to_ts: 9e15 }, "json"),
    "codexdash-from-2026-03-01T0000-to-9999-12-31T0000.json",
  );
});
