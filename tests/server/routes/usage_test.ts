import assert from "node:assert/strict";
import type {
  LimitRow,
  ThreadRow,
  TranscriptItem,
  TurnRow,
  UsageRow,
} from "../../../server/wire.ts";
import { TestApp } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines, rolloutNames } from "../../support/rollouts.ts";

async function json<T>(test: TestApp, path: string): Promise<T> {
  const response = await test.get(path);
  assert.equal(response.status, 200, path);
  return await response.json();
}

const BY = ["agent", "job", "model", "day", "thread"] as const;

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
