import assert from "node:assert/strict";
import { rebuild } from "../../../server/store/commit.ts";
import { TOKENIZER } from "../../../server/store/search_text.ts";
import type { EventPayload, SearchResult } from "../../../server/wire.ts";
import { jobEvents } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines, rolloutNames } from "../../support/rollouts.ts";
import { counts, find, item, marked, storeOf, turn } from "../../support/search.ts";
import { TestStore } from "../../support/store.ts";

const recording = (name: string) => readRollout(rolloutLines(name), name);

Deno.test("messages, reasoning, plans, commands, their output, paths and errors are found", async () => {
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
    (await find(test, "alpha")).map((result) => `${result.kind}: ${marked(result)}`),
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
  assert.deepEqual((await find(test, "alpha", { kind: "plan" })).map(({ kind }) => kind), ["plan"]);
  assert.deepEqual(await find(test, "gamma"), []);
});

Deno.test("a result says what it is part of", async () => {
  using test = new TestStore();
  const events = recording("rollout-exec");
  const [job_id] = markersOf(events);
  test.commit(...events);
  const [result] = await find(test, "to-stderr", { kind: "command" });
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

Deno.test("a prompt that stands in the event file and in the session file is found once", async () => {
  const events = recording("rollout-exec");
  const [job_id = ""] = markersOf(events);
  const dispatch = {
    ...jobEvents(job_id, events[0]!.ts - 100)[1],
    prompt_text: "mock:exec=ls; echo to-stderr >&2; exit 3",
  } as EventPayload;
  for (const order of [[dispatch, ...events], [...events, dispatch]]) {
    using test = new TestStore();
    for (const event of order) test.commit(event);
    const prompts = (await find(test, '"mock exec"')).filter(({ kind }) => kind !== "command");
    assert.deepEqual(
      prompts.map((result) => [result.kind, result.job_id]),
      [["prompt", job_id]],
    );
    assert.doesNotMatch(marked(prompts[0]!), /JOB/);
  }
});

Deno.test("a prompt to several agents is found for each of them, with its job's own status", async () => {
  using test = new TestStore();
  const [, dispatch] = jobEvents("d");
  const jobs = ["fast", "deep"].map((agent) => ({ job_id: `${agent}-1`, agent, pane_id: null }));
  test.commit({ ...dispatch, job_id: null, dispatch_id: "d", jobs } as EventPayload);
  const results = await find(test, "hello");
  assert.deepEqual(
    results.map(({ agent, job_id, status }) => [agent, job_id, status]),
    [["deep", "deep-1", "queued"], ["fast", "fast-1", "queued"]],
  );
  assert.deepEqual((await find(test, "hello", { agent: "deep" })).map(({ job_id }) => job_id), [
    "deep-1",
  ]);
  assert.deepEqual(await find(test, "hello", { status: "done" }), []);
  assert.equal((await find(test, "hello", { status: "queued" })).length, 2);
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

Deno.test("a sub-agent's texts are found for the parent's job, its copy of the parent's not at all", async () => {
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
      (await find(test, "words")).map((
        result,
      ) => [marked(result), result.thread_id, result.job_id]),
      [["child [words]", "child", "j1"], ["parent [words]", "t", "j1"]],
    );
  }
});

Deno.test("a prompt that codexctl typed with an id of its own is found for its jobs alone", async () => {
  using test = new TestStore();
  const [, dispatch] = jobEvents("d");
  const jobs = ["fast", "deep"].map((agent) => ({ job_id: `${agent}-1`, agent, pane_id: null }));
  const sent = { ...dispatch, job_id: null, dispatch_id: "d", jobs, driver: "codexctl" };
  test.commit({ ...sent, prompt_text: "say\nhello" } as EventPayload, ...turn("t", 2_000));
  test.commit(
    item("t", { item: "user", text: "[JOB:x1] say  hello", markers: ["x1"], ts: 2_001 }),
    item("t", { text: "hello yourself", ts: 2_002 }),
  );
  const results = async () =>
    (await find(test, "hello")).map(({ kind, job_id }) => `${kind} ${job_id}`);
  assert.deepEqual(await results(), ["assistant null", "prompt deep-1", "prompt fast-1"]);
  test.commit({
    type: "thread_mapped",
    ts: 2_003,
    agent: "deep",
    pane_id: "%2",
    thread_id: "t",
    via: "lock",
  });
  assert.deepEqual(await results(), ["assistant deep-1", "prompt deep-1", "prompt fast-1"]);
});

Deno.test("the newest comes first whatever was read first, pages follow each other without a gap", async () => {
  using test = new TestStore();
  test.commit(...turn("new", 50_000), ...turn("old", 1_000));
  const at = (thread: string, ts: number) => item(thread, { ts, text: `note at ${ts}` });
  for (const ts of [50_000, 60_000]) test.commit(at("new", ts));
  test.commit(...[1_000, 1_000, 2_000].map((ts) => at("old", ts)));
  const times = (results: SearchResult[]) => results.map(({ ts }) => ts);
  assert.deepEqual(times(await find(test, "note")), [60_000, 50_000, 2_000, 1_000, 1_000]);
  const pages: number[][] = [];
  let page = await find(test, "note", { limit: 2 });
  while (page.length > 0) {
    pages.push(times(page));
    page = await find(test, "note", { limit: 2, before: page.at(-1)!.id });
  }
  assert.deepEqual(pages, [[60_000, 50_000], [2_000, 1_000], [1_000]]);
  assert.deepEqual(times(await find(test, "note", { from_ts: 2_000, to_ts: 60_000 })), [
    50_000,
    2_000,
  ]);
});

Deno.test("a filter that few fit finds them among thousands that match", async () => {
  using test = new TestStore();
  const [, dispatch] = jobEvents("j1");
  test.commit(dispatch!, ...turn("t", 500));
  test.commit(item("t", { item: "user", text: "[JOB:j1] say hello", markers: ["j1"], ts: 600 }));
  for (const ts of [1_000, 700_000, 2_900_000]) test.commit(item("t", { text: "hello own", ts }));
  test.commit(...turn("other", 2_000));
  const others = Array.from(
    { length: 3_000 },
    (_, n) => item("other", { text: "hello other", ts: 2_000 + n * 1_000 }),
  );
  test.commit(...others);
  const times = (results: SearchResult[]) => results.map(({ ts }) => ts);
  const own = [2_900_000, 700_000, 1_001, 1_000];
  assert.deepEqual(times(await find(test, "hello", { agent: "fast" })), own);
  assert.deepEqual(times(await find(test, "hello", { status: "running" })), own);
  assert.deepEqual(times(await find(test, "hello", { agent: "fast", limit: 3 })), own.slice(0, 3));
  assert.deepEqual(await find(test, "hello", { agent: "nobody" }), []);
});

Deno.test("more texts of one moment than it has ids, and moments that no clock has, are all found", async () => {
  using test = new TestStore();
  const many = Array.from({ length: 3_000 }, (_, n) => item("t", { text: `burst ${n}` }));
  test.commit(...turn("t"), ...many.slice(0, 1_500));
  test.commit(...many.slice(1_500), item("t", { text: "burst later", ts: 2_001 }));
  test.commit(item("t", { text: "burst x", ts: -5 }), item("t", { text: "burst y", ts: 9e15 }));
  assert.equal((await find(test, "burst", { limit: 9_999 })).length, 3_003);
});

Deno.test("of a command's long output both ends are found", async () => {
  using test = new TestStore();
  const output = `begin ${"filler ".repeat(2_000)} middle ${"filler ".repeat(2_000)} end`;
  test.commit(...turn("t"), item("t", { item: "command", command: "run", output }));
  assert.deepEqual(await counts(test, "begin", "middle", "end"), [1, 0, 1]);
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

Deno.test("a batch that cannot be stored leaves nothing to be found", async () => {
  using test = storeOf("first");
  const broken = { ...item("t", { text: "second" }), ts: "never" as unknown as number };
  assert.throws(() => test.commit(item("t", { text: "ghost" }), broken));
  assert.deepEqual(await counts(test, "first", "second", "ghost"), [1, 0, 0]);
  test.commit(item("t", { text: "third" }));
  assert.deepEqual(await counts(test, "third", "ghost"), [1, 0]);
  const before = test.dump();
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
});

Deno.test("the index is made of the words that snippets are", () => {
  using test = new TestStore();
  const made = test.store.get<{ sql: string }>(
    "SELECT sql FROM sqlite_schema WHERE name = 'search_text'",
  );
  assert.ok(made!.sql.includes(`tokenize = '${TOKENIZER}'`), made!.sql);
});
