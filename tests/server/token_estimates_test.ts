/** Estimates through the whole server: from what a pane said to the job's row. */
import assert from "node:assert/strict";
import { loadConfig } from "../../server/config.ts";
import { rebuild } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";
import { listEvents } from "../../server/store/events.ts";
import type { EventPayload, JobRow } from "../../server/wire.ts";
import { retryUntil } from "../support/retry.ts";
import { TestTower } from "../support/tower.ts";

const SLOW_MS = 180_000;

async function estimated(tower: TestTower, job_id: string): Promise<JobRow> {
  return await retryUntil(`an estimate of ${job_id}`, async () => {
    const { job } = await (await fetch(`${tower.url}/api/jobs/${job_id}`)).json();
    return job?.total_tokens_est !== null && job;
  }, SLOW_MS);
}

const output = (tower: TestTower, text: string): EventPayload => ({
  type: "pane_output",
  ts: tower.ts(),
  agent: "fast",
  pane_id: "%1",
  text,
});

Deno.test("a job of a program that writes no session file is estimated, also after a restart", async () => {
  await using tower = await TestTower.start();
  tower.addAgent("fast", "%1");
  tower.send("fast", "job-1", "hello world");
  tower.setState("fast", "working");
  tower.append(output(tower, `[JOB:job-1] hello world\n${"─".repeat(200)}\none two three four`));
  tower.setState("fast", "idle", { outcome: "done" });
  tower.print("what the controller printed is the same once more", { job_id: "job-1" });

  const job = await estimated(tower, "job-1");
  assert.deepEqual(
    [job.prompt_tokens_est, job.completion_tokens_est, job.total_tokens_est, job.estimate_method],
    [3, 5, 8, "tiktoken"],
  );
  assert.equal(job.total_tokens_exact, null);

  tower.send("fast", "job-2", "count yourself");
  tower.setState("fast", "working");
  tower.append(output(tower, "done\ntotal tokens: 1,234"));
  tower.setState("fast", "idle", { outcome: "done" });
  await tower.untilJob("job-2");
  await tower.restart();
  const stated = await estimated(tower, "job-2");
  assert.deepEqual(
    [stated.prompt_tokens_est, stated.total_tokens_est, stated.estimate_method],
    [null, 1234, "stated"],
  );

  await tower.stop();
  using store = openStore(loadConfig({}, tower.world.env()).db);
  const told = listEvents(store, { limit: 100 }).filter(({ type }) => type === "token_estimate");
  assert.deepEqual(told.map((row) => [row.job_id, row.total_tokens_est]), [
    ["job-2", 1234],
    ["job-1", 8],
  ]);
  const rows = () => store.all("SELECT * FROM jobs ORDER BY job_id");
  const before = rows();
  rebuild(store);
  assert.deepEqual(rows(), before);
});

Deno.test("without a pane it is the controller's output that counts", async () => {
  await using tower = await TestTower.start();
  tower.send("fast", "job-1", "hello world");
  tower.setState("fast", "working");
  tower.print("=== %1 JOB:job-1 ===", { job_id: "job-1" });
  tower.print("one two three four", { job_id: "job-1" });
  tower.print("a warning", { job_id: "job-1", stream: "stderr" });
  tower.setState("fast", "idle", { outcome: "done" });
  const job = await estimated(tower, "job-1");
  assert.equal(job.completion_tokens_est, 5);
});

Deno.test("no line of the event file states an estimate", async () => {
  await using tower = await TestTower.start();
  tower.send("fast", "job-1", "hello");
  tower.append({
    type: "token_estimate",
    ts: tower.ts(),
    job_id: "job-1",
    prompt_tokens_est: 1,
    completion_tokens_est: 1,
    total_tokens_est: 2,
    method: "stated",
  });
  const bad = await retryUntil("a bad line", async () => {
    const events = await (await fetch(`${tower.url}/api/events`)).json();
    return events.find((event: { type: string }) => event.type === "bad_line");
  }, SLOW_MS);
  assert.equal(JSON.parse(bad.payload).reason, "reserved_type");
});
