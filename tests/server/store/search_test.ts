import assert from "node:assert/strict";
import { rebuild } from "../../../server/store/commit.ts";
import { search, type SearchQuery } from "../../../server/store/search.ts";
import { TOKENIZER } from "../../../server/store/search_text.ts";
import type {
  EventPayload,
  SearchResult,
  ThreadEvent,
  TurnItemEvent,
} from "../../../server/wire.ts";
import { jobEvents } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines, rolloutNames } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

const recording = (name: string) => readRollout(rolloutLines(name), name);

/** A thread of its own with one turn; `more` items are put in by the test. */
function turn(thread_id: string, ts = 1_000): EventPayload[] {
  const [thread] = recording("rollout-simple");
  return [
    { ...thread as ThreadEvent, thread_id, root_thread_id: thread_id, ts },
    {
      type: "turn_started",
      ts,
      thread_id,
      turn_id: `${thread_id}-turn`,
      root_turn_id: `${thread_id}-turn`,
      trigger: null,
      context_window: null,
    },
  ];
}

function item(thread_id: string, fields: Partial<TurnItemEvent>): TurnItemEvent {
  return {
    type: "turn_item",
    ts: 2_000,
    thread_id,
    turn_id: `${thread_id}-turn`,
    item_id: null,
    item: "assistant",
    text: null,
    markers: [],
    command: null,
    cwd: null,
    output: null,
    exit_code: null,
    status: null,
    duration_ms: null,
    changes: null,
    child_thread_id: null,
    ...fields,
  };
}

function find(test: TestStore, q: string, more: Partial<SearchQuery> = {}): SearchResult[] {
  return search(test.store, { q, limit: 100, ...more });
}

/** A snippet as one text, its matches in brackets. */
function marked({ snippet }: SearchResult): string {
  return snippet.map(({ text, match }) => match ? `[${text}]` : text).join("");
}

const found = (test: TestStore, q: string) => find(test, q).map(marked);

function storeOf(...texts: string[]): TestStore {
  const test = new TestStore();
  test.commit(...turn("t"), ...texts.map((text, n) => item("t", { text, ts: 2_000 + n })));
  return test;
}

Deno.test("messages, reasoning, plans, commands, their output, paths and errors are found", () => {
  using test = new TestStore();
  test.commit(
    ...turn("t"),
    item("t", { item: "user", text: "alpha question" }),
    item("t", { item: "assistant", text: "alpha answer" }),
    item("t", { item: "reasoning", text: "alpha thought" }),
    item("t", { item: "plan", text: "alpha plan" }),
    item("t", { item: "command", command: "make alpha", output: "all done" }),
    item("t", { item: "command", command: "make beta", output: "alpha printed" }),
    item("t", {
      item: "file_change",
      changes: [{ path: "/alpha.ts", kind: "add", diff: "gamma" }],
    }),
    item("t", { item: "sub_agent", text: "/root/alpha" }),
    {
      type: "turn_ended",
      ts: 3_000,
      thread_id: "t",
      turn_id: "t-turn",
      outcome: "error",
      error_message: "alpha failed",
      error_code: "other",
      last_message: "alpha answer",
      duration_ms: 1,
    },
    { type: "pane_output", ts: 4_000, agent: "fast", text: "alpha on a screen" },
  );
  assert.deepEqual(
    find(test, "alpha").map((result) => `${result.kind}: ${marked(result)}`),
    [
      "error: [alpha] failed",
      "file_change: /[alpha].ts",
      "command: make beta [alpha] printed",
      "command: make [alpha] all done",
      "plan: [alpha] plan",
      "reasoning: [alpha] thought",
      "assistant: [alpha] answer",
      "user: [alpha] question",
    ],
  );
  assert.deepEqual(find(test, "alpha", { kind: "plan" }).map(({ kind }) => kind), ["plan"]);
  assert.deepEqual(find(test, "gamma"), []);
});

Deno.test("a result says what it is part of", () => {
  using test = new TestStore();
  const events = recording("rollout-exec");
  const [job_id] = markersOf(events);
  test.commit(...events);
  const [result] = find(test, "to-stderr", { kind: "command" });
  const command = events.find((event) => event.type === "turn_item" && event.item === "command");
  assert.ok(result && command?.type === "turn_item");
  assert.deepEqual(
    [result.job_id, result.thread_id, result.turn_id, result.ts, result.status, result.agent],
    [job_id, command.thread_id, command.turn_id, command.ts, "done", null],
  );
  const stored = test.store.get<{ payload: string }>(
    "SELECT payload FROM events WHERE id = ?",
    result.seq,
  );
  assert.deepEqual(JSON.parse(stored!.payload), command);
});

Deno.test("a prompt that stands in the event file and in the session file is found once", () => {
  const events = recording("rollout-exec");
  const [job_id = ""] = markersOf(events);
  const dispatch = {
    ...jobEvents(job_id, events[0]!.ts - 100)[1],
    prompt_text: "mock:exec=ls; echo to-stderr >&2; exit 3",
  } as EventPayload;
  for (const order of [[dispatch, ...events], [...events, dispatch]]) {
    using test = new TestStore();
    for (const event of order) test.commit(event);
    const prompts = find(test, '"mock exec"').filter(({ kind }) => kind !== "command");
    assert.deepEqual(
      prompts.map((result) => [result.kind, result.job_id]),
      [["prompt", job_id]],
    );
    assert.doesNotMatch(marked(prompts[0]!), /JOB/);
  }
});

Deno.test("a prompt to several agents is found for each of them, with its job's own status", () => {
  using test = new TestStore();
  const [, dispatch] = jobEvents("d");
  const jobs = ["fast", "deep"].map((agent) => ({ job_id: `${agent}-1`, agent, pane_id: null }));
  test.commit({ ...dispatch, job_id: null, dispatch_id: "d", jobs } as EventPayload);
  const results = find(test, "hello");
  assert.deepEqual(
    results.map(({ agent, job_id, status }) => [agent, job_id, status]),
    [["deep", "deep-1", "queued"], ["fast", "fast-1", "queued"]],
  );
  assert.deepEqual(find(test, "hello", { agent: "deep" }).map(({ job_id }) => job_id), ["deep-1"]);
  assert.deepEqual(find(test, "hello", { status: "done" }), []);
  assert.equal(find(test, "hello", { status: "queued" }).length, 2);
});

/** A sub-agent's session file: the parent's history is copied in front of its own (codex.md §5). */
function childFile(root_turn_id: string): EventPayload[] {
  const line = (ordinal: number, type: string, payload: Record<string, unknown>) =>
    JSON.stringify({ timestamp: "2026-11-21T07:00:00.000Z", ordinal, type, payload });
  const completed = (type: string, text: string) => ({
    type: "item_completed",
    turn_id: "child-turn",
    item: { type, content: [{ type: "text", text }] },
  });
  const head = { history_mode: "paginated", session_id: "t", parent_thread_id: "t" };
  return readRollout([
    line(0, "session_meta", { ...head, id: "child", subagent_history_start_ordinal: 4 }),
    line(1, "session_meta", { id: "t", history_mode: "paginated" }),
    line(2, "event_msg", completed("UserMessage", "[JOB:j1] parent words")),
    line(3, "event_msg", completed("AgentMessage", "parent words too")),
    line(4, "event_msg", { type: "task_started", turn_id: "child-turn", root_turn_id }),
    line(5, "event_msg", completed("AgentMessage", "child words")),
  ]);
}

Deno.test("a sub-agent's texts are found for the parent's job, its copy of the parent's not at all", () => {
  const parent = [
    ...turn("t"),
    item("t", { item: "user", text: "[JOB:j1] parent words", markers: ["j1"] }),
  ];
  const child = childFile("t-turn");
  // Files are read newest first, so the child's may come before its parent's.
  for (const order of [[...parent, ...child], [...child, ...parent]]) {
    using test = new TestStore();
    for (const event of order) test.commit(event);
    assert.deepEqual(
      find(test, "words").map((result) => [marked(result), result.thread_id, result.job_id]),
      [["child [words]", "child", "j1"], ["parent [words]", "t", "j1"]],
    );
  }
});

Deno.test("the newest comes first whatever was read first, pages follow each other without a gap", () => {
  using test = new TestStore();
  test.commit(...turn("new", 50_000), ...turn("old", 1_000));
  const at = (thread: string, ts: number) => item(thread, { ts, text: `note at ${ts}` });
  for (const ts of [50_000, 60_000]) test.commit(at("new", ts));
  test.commit(...[1_000, 1_000, 2_000].map((ts) => at("old", ts)));
  const times = (results: SearchResult[]) => results.map(({ ts }) => ts);
  assert.deepEqual(times(find(test, "note")), [60_000, 50_000, 2_000, 1_000, 1_000]);
  const pages: number[][] = [];
  let page = find(test, "note", { limit: 2 });
  while (page.length > 0) {
    pages.push(times(page));
    page = find(test, "note", { limit: 2, before: page.at(-1)!.id });
  }
  assert.deepEqual(pages, [[60_000, 50_000], [2_000, 1_000], [1_000]]);
  assert.deepEqual(times(find(test, "note", { from_ts: 2_000, to_ts: 60_000 })), [50_000, 2_000]);
});

Deno.test("more texts of one moment than it has ids, and moments that no clock has, are all found", () => {
  using test = new TestStore();
  const many = Array.from({ length: 3_000 }, (_, n) => item("t", { text: `burst ${n}` }));
  test.commit(...turn("t"), ...many.slice(0, 1_500));
  test.commit(...many.slice(1_500), item("t", { text: "burst later", ts: 2_001 }));
  test.commit(item("t", { text: "burst x", ts: -5 }), item("t", { text: "burst y", ts: 9e15 }));
  assert.equal(find(test, "burst", { limit: 9_999 }).length, 3_003);
});

Deno.test("words mean AND, the last may go on, case and accents do not matter", () => {
  using test = storeOf("The Café opens early", "the cafe is closed", "a caffeine rush");
  assert.deepEqual(found(test, "CAFE the"), ["[the] [cafe] is closed", "[The] [Café] opens early"]);
  assert.deepEqual(found(test, "the caf"), ["[the] [cafe] is closed", "[The] [Café] opens early"]);
  assert.deepEqual(found(test, "caf the"), []);
  assert.deepEqual(found(test, "caf* the").length, 2);
  assert.equal(found(test, "c").length, 0);
  assert.equal(found(test, "c*").length, 3);
});

Deno.test("phrases, OR and absence are understood, also half typed", () => {
  using test = storeOf("red green blue", "green red", "blue sky", "grey sky");
  assert.deepEqual(found(test, '"red green"'), ["[red green] blue"]);
  assert.deepEqual(found(test, '"red gre"*'), ["[red green] blue"]);
  assert.deepEqual(found(test, '"red green'), ["[red green] blue"]);
  assert.equal(found(test, "red OR sky").length, 4);
  assert.deepEqual(found(test, "sky red OR grey"), ["[grey] [sky]"]);
  assert.deepEqual(found(test, "sky -blue"), ["grey [sky]"]);
  assert.deepEqual(found(test, 'green -"red green"'), ["[green] red"]);
  assert.deepEqual(found(test, "sky NOT blue"), ["grey [sky]"]);
  assert.deepEqual(found(test, "sky AND blue"), ["[blue] [sky]"]);
  for (const q of ["sky OR", "OR sky", "AND sky", "sky NOT", "sky -", "- sky"]) {
    assert.equal(found(test, q).length, 2, q);
  }
});

Deno.test("paths, identifiers and commands are found as they are written", () => {
  using test = storeOf(
    "see src/foo_bar.ts:12",
    "job-12 and job-123",
    "ran rm -rf ./build",
    "Foo::Bar->baz(x_1)",
    "foo bar",
  );
  assert.deepEqual(found(test, "src/foo_bar.ts"), ["see [src/foo_bar.ts]:12"]);
  assert.deepEqual(found(test, "src/foo_b"), ["see [src/foo_bar].ts:12"]);
  assert.deepEqual(found(test, "job-12"), ["[job-12] and [job-123]"]);
  assert.deepEqual(found(test, '"job-12"'), ["[job-12] and job-123"]);
  assert.deepEqual(found(test, '"rm -rf"'), ["ran [rm -rf] ./build"]);
  assert.deepEqual(found(test, "rm --rf"), ["ran [rm] -[rf] ./build"]);
  assert.deepEqual(found(test, "Foo::Bar->baz(x_1)"), ["[Foo::Bar->baz(x_1])"]);
});

Deno.test("scripts without spaces are found by any part of a sentence", () => {
  using test = storeOf(
    "東京都に住んでいます",
    "サーバーを再起動しました API",
    "서버를 다시 시작",
    "京都",
  );
  assert.deepEqual(found(test, "京都"), ["[京都]", "東[京都]に住んでいます"]);
  assert.deepEqual(found(test, "再起動"), ["サーバーを[再起動]しました API"]);
  assert.deepEqual(found(test, "サーバー API"), ["[サーバー]を再起動しました [API]"]);
  assert.deepEqual(found(test, "버를"), ["서[버를] 다시 시작"]);
});

Deno.test("what a terminal obeys is neither found nor shown", () => {
  using test = storeOf("\x1b[31mred alert\x1b[0m \x1b]0;secret title\x07 over\u202e \x00nul");
  assert.deepEqual(found(test, "alert"), ["red [alert] over nul"]);
  for (const q of ["31mred", "secret", "title"]) assert.deepEqual(found(test, q), [], q);
  assert.deepEqual(found(test, "red nul"), ["[red] alert over [nul]"]);
});

Deno.test("what nothing can be found by is answered with what to type instead", () => {
  using test = storeOf("something");
  const cases: [string, RegExp][] = [
    ["", /^Cannot search for nothing: give at least one word$/],
    [" \n\t ", /nothing/],
    ['"', /letter or digit|nothing/],
    ['""', /nothing/],
    ["*", /"\*": it holds no letter or digit; add a word$/],
    ["(", /"\("/],
    ["🙂", /"🙂"/],
    ["\x00", /letter or digit|nothing/],
    ["OR", /nothing/],
    ["NOT", /nothing/],
    ["-something", /only for what is not there \("-something"\): add a word that must be$/],
    ["a OR -b", /OR the absence/],
    ["-b OR a", /OR the absence/],
    ["a OR NOT b", /OR the absence/],
    ["x".repeat(10_240), /10240 characters: give at most 1000$/],
    ["a ".repeat(100), /so many words: give at most 64$/],
  ];
  for (const [q, message] of cases) {
    assert.throws(
      () => find(test, q),
      (error: { code?: string; message: string }) =>
        error.code === "bad_query" && message.test(error.message),
      JSON.stringify(q),
    );
  }
});

Deno.test("no query is a syntax error", () => {
  using test = storeOf('NEAR(one two) col:three "four" ^five {six} + 7*eight -nine; DROP TABLE x');
  const pieces = [
    '"',
    "*",
    "(",
    ")",
    "NEAR(",
    "NEAR(one two, 3)",
    "text:",
    "col:three",
    "^five",
    "{",
  ];
  pieces.push(
    "}",
    "+",
    "-",
    "--",
    ":",
    ";",
    "'",
    "\\",
    "\x00",
    "\x01",
    "\x02",
    "🙂",
    "日本",
    "\u202e",
  );
  pieces.push(
    "OR",
    "AND",
    "NOT",
    "a*b",
    '"a"*',
    "-x",
    '-"',
    "%",
    "_",
    "[",
    "]",
    "\ud800",
    "\u200b",
  );
  for (const first of pieces) {
    for (const second of [...pieces, ""]) {
      for (const q of [`one ${first} ${second}`, `${first}${second} one`, `one${first}${second}`]) {
        try {
          find(test, q);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "bad_query", `${q}: ${error}`);
        }
      }
    }
  }
  assert.equal(find(test, "NEAR(one two)").length, 1);
  assert.equal(find(test, "col:three").length, 1);
});

Deno.test("a snippet is short and shows the match, however long the text and its words are", () => {
  const long = "x".repeat(50_000);
  using test = storeOf(
    `${"before ".repeat(3_000)}needle ${"after ".repeat(500)}`,
    `${long.slice(0, 15_000)} needle ${long.slice(0, 15_000)}`,
    `needle${"🙂".repeat(900)}`,
  );
  const results = find(test, "needle");
  assert.equal(results.length, 3);
  for (const result of results) {
    const text = marked(result);
    assert.ok(text.includes("[needle]") && text.length < 450, text);
    assert.ok(text.isWellFormed());
  }
});

Deno.test("of a command's long output both ends are found", () => {
  using test = new TestStore();
  const output = `begin ${"filler ".repeat(10_000)} middle ${"filler ".repeat(10_000)} end`;
  test.commit(...turn("t"), item("t", { item: "command", command: "run", output }));
  assert.deepEqual(["begin", "middle", "end"].map((q) => find(test, q).length), [1, 0, 1]);
});

Deno.test("the index of every recording is remade by rebuild, to the word", () => {
  using test = new TestStore();
  for (const name of rolloutNames()) {
    const events = recording(name);
    for (const id of markersOf(events)) test.commit(jobEvents(id, events[0]!.ts - 10)[1]!);
    for (const event of events) test.commit(event);
  }
  const before = test.dump();
  assert.ok(before["search_items"]!.length > 50 && before["search_words"]!.length > 500);
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
});

Deno.test("a batch that cannot be stored leaves nothing to be found", () => {
  using test = storeOf("first");
  const broken = { ...item("t", { text: "second" }), ts: "never" as unknown as number };
  assert.throws(() => test.commit(item("t", { text: "third" }), broken));
  assert.deepEqual(["first", "second", "third"].map((q) => find(test, q).length), [1, 0, 0]);
  test.commit(item("t", { text: "third" }));
  assert.equal(find(test, "third").length, 1);
});

Deno.test("the index is made of the words that snippets are", () => {
  using test = new TestStore();
  const made = test.store.get<{ sql: string }>(
    "SELECT sql FROM sqlite_schema WHERE name = 'search_text'",
  );
  assert.ok(made!.sql.includes(`tokenize = '${TOKENIZER}'`), made!.sql);
});
