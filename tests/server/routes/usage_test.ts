import assert from "node:assert/strict";
import type {
  LimitRow,
  ThreadRow,
  TranscriptItem,
  TurnRow,
  UsageRow,
} from "../../../server/wire.ts";
import { TestApp } from "../../support/app.ts";
import { LiveClient } from "../../support/live_client.ts";
import { markersOf, readRollout, rolloutLines, rolloutNames } from "../../support/rollouts.ts";

async function json<T>(test: TestApp, path: string): Promise<T> {
  const response = await test.get(path);
  assert.equal(response.status, 200, path);
  return await response.json();
}

const BY = ["agent", "job", "model", "day", "hour", "thread", "total"] as const;

Deno.test("usage sums to what the session files state, whatever it is grouped by", async () => {
  await using test = new TestApp();
  let expected = 0;
  const seen = new Set<string>();
  for (const name of rolloutNames()) {
    const events = readRollout(rolloutLines(name), name);
    test.commit(...events);
    for (const event of events) {
      if (event.type !== "usage" || seen.has(event.response_id)) continue;
      seen.add(event.response_id);
      expected += event.total_tokens;
    }
  }
  assert.ok(expected > 50_000);
  for (const by of BY) {
    const rows = await json<UsageRow[]>(test, `/api/usage?by=${by}`);
    assert.equal(rows.reduce((sum, row) => sum + row.total_tokens, 0), expected, by);
    assert.ok(rows.every((row) => row.total_tokens === row.input_tokens + row.output_tokens), by);
  }
});

Deno.test("usage is narrowed by time", async () => {
  await using test = new TestApp();
  const events = readRollout(rolloutLines("rollout-exec"));
  test.commit(...events);
  const [first, ...rest] = events.filter((event) => event.type === "usage");
  const rows = await json<UsageRow[]>(test, `/api/usage?from=${first!.ts + 1}`);
  assert.equal(rows[0]?.responses, rest.length);
  assert.deepEqual(await json(test, `/api/usage?to=${first!.ts}`), []);
});

Deno.test("a thread is served with its turns and transcript, a job with its own part", async () => {
  await using test = new TestApp();
  const events = readRollout(rolloutLines("rollout-exec"));
  test.commit(...events);
  const [thread] = await json<ThreadRow[]>(test, "/api/threads");
  assert.equal(thread?.preview?.includes("mock:exec=ls"), true);
  const found = await json<{ turns: TurnRow[]; items: TranscriptItem[] }>(
    test,
    `/api/threads/${thread?.thread_id}`,
  );
  assert.equal(found.turns.length, 2);
  assert.deepEqual(found.items.map((item) => item.item), [
    "user",
    "reasoning",
    "command",
    "assistant",
    "user",
    "file_change",
    "assistant",
  ]);
  const [, second] = markersOf(events);
  const own = await json<TranscriptItem[]>(test, `/api/jobs/${second}/transcript`);
  assert.deepEqual(own.map((item) => item.item), ["user", "file_change", "assistant"]);
  const missing = await test.get("/api/threads/none");
  assert.equal(missing.status, 404);
  assert.equal((await missing.json()).code, "not_found");
});

Deno.test("limits are the newest statement of each", async () => {
  await using test = new TestApp();
  test.commit(...readRollout(rolloutLines("rollout-exec")));
  const limits = await json<LimitRow[]>(test, "/api/limits");
  assert.deepEqual(limits.map(({ span, used_percent }) => [span, used_percent]), [
    ["primary", 12.5],
    ["secondary", 41],
  ]);
});

Deno.test("days are those of the time zone asked for; an unknown one is refused in words", async () => {
  await using test = new TestApp();
  // 2026-11-21 at 01:49 UTC, when it was still the day before in New York.
  test.commit(...readRollout(rolloutLines("rollout-two-jobs-one-turn")));
  const days = async (query: string) =>
    (await json<UsageRow[]>(test, `/api/usage?by=day${query}`)).map(({ key }) => key);
  assert.deepEqual(await days(""), ["2026-11-21"]);
  assert.deepEqual(await days("&tz="), ["2026-11-21"]);
  assert.deepEqual(await days("&tz=America/New_York"), ["2026-11-20"]);
  const refused = await test.get("/api/usage?by=day&tz=Mars/Olympus");
  assert.equal(refused.status, 422);
  assert.match((await refused.json()).message, /tz: must be an IANA time zone/);
});

Deno.test("the history of limits has a row for each change, and can be narrowed", async () => {
  await using test = new TestApp();
  test.commit(...readRollout(rolloutLines("rollout-usage-limit")));
  test.commit(...readRollout(rolloutLines("rollout-two-jobs-one-turn")));
  const history = async (query: string) =>
    (await json<LimitRow[]>(test, `/api/limits?history=1${query}`))
      .filter(({ span }) => span === "primary");
  const all = await history("");
  assert.deepEqual(all.map(({ used_percent }) => used_percent), [100, 12.5]);
  const [reached, after] = all;
  assert.deepEqual(await history(`&from=${after!.ts}`), [after]);
  assert.deepEqual(await history(`&to=${after!.ts}`), [reached]);
  const now = await json<LimitRow[]>(test, "/api/limits");
  assert.deepEqual(now.find(({ span }) => span === "primary"), after);
});

Deno.test("pages are told at once what is used today and where the limits stand", async () => {
  await using test = new TestApp();
  const now = Date.now();
  const recorded = readRollout(rolloutLines("rollout-simple"));
  const [marker] = markersOf(recorded);
  const live = await LiveClient.connect(test.serve());
  try {
    test.commit({
      type: "dispatch",
      ts: now,
      job_id: marker!,
      agent: "fast",
      prompt_text: null,
      prompt_hash: null,
      prompt_bytes: null,
    }, ...recorded.map((event) => ({ ...event, ts: now })));
    const told = await live.until(
      "usage",
      () => live.messages.findLast((message) => message.type === "usage"),
    );
    assert.deepEqual(told.usage.agents.map(({ key, total_tokens }) => [key, total_tokens]), [
      ["fast", 2570],
    ]);
    assert.deepEqual(told.usage.limits.map(({ used_percent }) => used_percent), [12.5, 41]);
    assert.deepEqual(told.usage, test.hub.usage());
  } finally {
    await live[Symbol.asyncDispose]();
  }
});
