import assert from "node:assert/strict";
import type {
  CodexWork,
  ThreadDetail,
  ThreadListRow,
  TranscriptItem,
} from "../../../server/wire.ts";
import { TestApp } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";
import {
  threadEvent,
  turnEnd,
  turnItem,
  turnStart,
  usageEvent,
} from "../../support/thread_events.ts";

async function get<T>(test: TestApp, path: string): Promise<T> {
  const response = await test.get(path);
  assert.equal(response.status, 200, path);
  return await response.json();
}

/** A root with two jobs' worth of turns, a child of the first, a grandchild, a fork; another root. */
function commitTree(test: TestApp): void {
  const of = (thread_id: string, turn_id: string, ts: number) => ({ thread_id, turn_id, ts });
  test.commit(
    threadEvent("root", 1_000),
    ...turnStart(of("root", "t1", 1_001)),
    turnItem("user", of("root", "t1", 1_002), { text: "[JOB:job-1] go", markers: ["job-1"] }),
    threadEvent("child", 1_003, { parent_thread_id: "root", agent_path: "/root/reader" }),
    turnItem("sub_agent", of("root", "t1", 1_003), {
      child_thread_id: "child",
      status: "started",
    }),
    ...turnStart({ ...of("child", "c1", 1_004), root: "t1" }),
    turnItem("assistant", of("child", "c1", 1_005), { text: "I read" }),
    threadEvent("grandchild", 1_006, { parent_thread_id: "child", root_thread_id: "root" }),
    ...turnStart({ ...of("grandchild", "g1", 1_006), root: "t1" }),
    turnEnd(of("root", "t1", 1_007)),
    turnItem("command", of("root", "t1", 1_008), { command: "sleep 9", output: "late" }),
    ...turnStart(of("root", "t2", 1_009)),
    turnItem("user", of("root", "t2", 1_010), { text: "[JOB:job-2] more", markers: ["job-2"] }),
    threadEvent("fork", 1_011, { forked_from_id: "root" }),
    threadEvent("other", 1_012),
    {
      type: "thread_mapped",
      ts: 1_013,
      thread_id: "other",
      agent: "fast",
      pane_id: "%1",
      via: "lock",
    },
    usageEvent(of("root", "t1", 1_014), "r1"),
  );
}

Deno.test("threads come in pages, and narrowed by agent, by mapping and to roots", async () => {
  await using test = new TestApp();
  commitTree(test);
  const ids = async (query: string) =>
    (await get<ThreadListRow[]>(test, `/api/threads?${query}`)).map((row) => row.thread_id);
  assert.deepEqual(await ids(""), ["root", "other", "fork", "grandchild", "child"]);
  assert.deepEqual(await ids("roots=true"), ["root", "other", "fork"]);
  assert.deepEqual(await ids("mapped=true"), ["other"]);
  assert.deepEqual(await ids("mapped=false&roots=true"), ["root", "fork"]);
  assert.deepEqual(await ids("agent=fast"), ["other"]);
  assert.deepEqual(await ids("agent=nobody"), []);
  const paged: string[] = [];
  for (let before = "";;) {
    const page = await get<ThreadListRow[]>(test, `/api/threads?limit=2&before=${before}`);
    paged.push(...page.map((row) => row.thread_id));
    const last = page.at(-1);
    if (!last) break;
    before = encodeURIComponent(`${last.updated_ts}:${last.thread_id}`);
  }
  assert.deepEqual(paged, await ids(""));
  const [root] = await get<ThreadListRow[]>(test, "/api/threads?limit=1");
  assert.deepEqual([root?.turns, root?.turn_status], [2, "running"]);
  for (const bad of ["before=x", "mapped=perhaps", "limit=x"]) {
    assert.equal((await test.get(`/api/threads?${bad}`)).status, 422, bad);
  }
});

Deno.test("threads of the same moment are each on one page", async () => {
  await using test = new TestApp();
  const ids = ["a", "b", "c", "d", "e"];
  test.commit(...ids.map((id) => threadEvent(id, 1_000)));
  const paged: string[] = [];
  for (let before = ""; paged.length < 10;) {
    const page = await get<ThreadListRow[]>(test, `/api/threads?limit=2&before=${before}`);
    if (page.length === 0) break;
    paged.push(...page.map((row) => row.thread_id));
    before = `1000:${paged.at(-1)}`;
  }
  assert.deepEqual(paged, ids);
});

Deno.test("a sub-agent whose parent was never seen is a root: nothing is hidden", async () => {
  await using test = new TestApp();
  test.commit(threadEvent("orphan", 1_000, { parent_thread_id: "gone" }));
  const rows = await get<ThreadListRow[]>(test, "/api/threads?roots=true");
  assert.deepEqual(rows.map((row) => row.thread_id), ["orphan"]);
});

Deno.test("a thread names its sub-agents at any depth, its forks and what it comes from", async () => {
  await using test = new TestApp();
  commitTree(test);
  const root = await get<ThreadDetail>(test, "/api/threads/root");
  assert.deepEqual(
    root.sub_agents.map((row) => [row.thread_id, row.parent_thread_id]),
    [["child", "root"], ["grandchild", "child"]],
  );
  assert.deepEqual(root.forks.map((row) => row.thread_id), ["fork"]);
  assert.deepEqual(root.turns.map((turn) => [turn.turn_id, turn.status, turn.job_ids]), [
    ["t1", "done", ["job-1"]],
    ["t2", "running", ["job-2"]],
  ]);
  const newest = await get<ThreadDetail>(test, "/api/threads/root?turns=1");
  assert.deepEqual(newest.turns.map((turn) => turn.turn_id), ["t2"]);
  const fork = await get<ThreadDetail>(test, "/api/threads/fork");
  assert.equal(fork.forked_from?.thread_id, "root");
  const grandchild = await get<ThreadDetail>(test, "/api/threads/grandchild");
  assert.equal(grandchild.parent?.thread_id, "child");
});

Deno.test("a job's transcript is its turns', with what came after their end, its sub-agents named", async () => {
  await using test = new TestApp();
  commitTree(test);
  const items = async (path: string) =>
    (await get<TranscriptItem[]>(test, path)).map(({ item, text, command }) =>
      `${item} ${text ?? command ?? ""}`.trim()
    );
  assert.deepEqual(await items("/api/jobs/job-1/transcript"), [
    "user [JOB:job-1] go",
    "sub_agent",
    "command sleep 9",
  ]);
  assert.deepEqual(await items("/api/jobs/job-2/transcript"), ["user [JOB:job-2] more"]);
  assert.deepEqual(await items("/api/threads/child/transcript"), ["assistant I read"]);
  const work = await get<CodexWork>(test, "/api/jobs/job-1/turns");
  assert.deepEqual(work.sub_agents.map((row) => row.thread_id), ["child", "grandchild"]);
  assert.equal(work.turns[0]?.total_tokens, 1_285);
  const other = await get<CodexWork>(test, "/api/jobs/job-2/turns");
  assert.deepEqual(other.sub_agents, []);
  assert.equal((await test.get("/api/jobs/none/turns")).status, 404);
  assert.equal((await test.get("/api/threads/none/transcript")).status, 404);
});

Deno.test("two jobs of one recorded turn both have all of its transcript", async () => {
  await using test = new TestApp();
  const rollout = readRollout(rolloutLines("rollout-two-jobs-one-turn"));
  test.commit(...rollout);
  const markers = markersOf(rollout);
  assert.equal(markers.length, 2);
  const all = rollout.filter(({ type }) => type === "turn_item").length;
  for (const marker of markers) {
    const items = await get<TranscriptItem[]>(test, `/api/jobs/${marker}/transcript`);
    assert.equal(items.length, all);
    const { turns } = await get<CodexWork>(test, `/api/jobs/${marker}/turns`);
    assert.deepEqual(turns.map((turn) => turn.job_ids), [markers]);
  }
});

Deno.test("a transcript is read in parts from either end, and long texts are cut on demand", async () => {
  await using test = new TestApp();
  const of = { thread_id: "t", turn_id: "u", ts: 1_000 };
  test.commit(threadEvent("t", 1_000), ...turnStart(of));
  const { events } = test.commit(
    turnItem("user", of, { text: "[JOB:j] go", markers: ["j"] }),
    ...Array.from({ length: 8 }, (_, n) => turnItem("assistant", of, { text: `answer ${n}` })),
    turnItem("command", of, { command: "cat", output: `head${"x".repeat(5_000)}tail` }),
  );
  const seqs = events.map(({ seq }) => seq);
  for (const path of ["/api/jobs/j/transcript", "/api/threads/t/transcript"]) {
    const read = async (query: string) => await get<TranscriptItem[]>(test, `${path}?${query}`);
    const seen = async (query: string) => (await read(query)).map(({ seq }) => seq);
    assert.deepEqual(await seen(""), seqs);
    assert.deepEqual(await seen("limit=3"), seqs.slice(-3));
    assert.deepEqual(await seen(`limit=3&before=${seqs[5]}`), seqs.slice(2, 5));
    assert.deepEqual(await seen(`limit=3&since=${seqs[1]}`), seqs.slice(2, 5));
    assert.deepEqual(await seen(`since=${seqs[1]}&before=${seqs[3]}`), [seqs[2]]);
    assert.deepEqual(await seen(`since=${seqs.at(-1)}`), []);
    const whole = (await read("")).at(-1);
    assert.deepEqual([whole?.output?.length, whole?.cut], [5_008, false]);
    const cut = (await read("max_chars=1000")).at(-1);
    assert.equal(cut?.cut, true);
    assert.match(cut?.output ?? "", /^headx+\n… 4008 characters left out …\nx+tail$/);
    assert.equal((await read("max_chars=1000"))[0]?.cut, false);
  }
});
