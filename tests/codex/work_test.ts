/** What Codex does in a turn, as its transcript and its tokens tell it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { TranscriptItem } from "../../server/wire.ts";
import { retryUntil } from "../support/retry.ts";
import { USAGE } from "./scenarios.ts";
import { Tower } from "./tower.ts";
import { assertRebuilds, assertServed, asWire, ended, get, threadPage } from "./truth.ts";

async function transcript(tower: Tower, job_id: string): Promise<TranscriptItem[]> {
  return await get<TranscriptItem[]>(tower, `/api/jobs/${job_id}/transcript`);
}

Deno.test("commands, patches and thoughts are in the transcript as they happened", async () => {
  await using tower = await Tower.start();
  await tower.send("job-exec", "fast", "mock:exec=echo out; echo err >&2; exit 3");
  await ended(tower, "job-exec", "done");
  const exec = await transcript(tower, "job-exec");
  assert.deepEqual(exec.map(({ item }) => item), ["user", "reasoning", "command", "assistant"]);
  assert.equal(exec[0]?.text, "[JOB:job-exec] mock:exec=echo out; echo err >&2; exit 3");
  assert.match(exec[1]?.text ?? "", /Planning the mock step/);
  const command = exec[2]!;
  assert.equal(command.command, "echo out; echo err >&2; exit 3");
  assert.equal(command.cwd, tower.world.repo);
  assert.equal(command.exit_code, 3);
  // Two pipes: which of them Codex reads first is chance.
  assert.deepEqual(command.output?.split("\n").sort(), ["", "err", "out"]);
  assert.ok(command.duration_ms !== null);
  assert.equal(exec[3]?.text, "Command finished, all good.");

  await tower.send("job-patch", "fast", "mock:patch please");
  await ended(tower, "job-patch", "done");
  const patch = await transcript(tower, "job-patch");
  const change = patch.find(({ item }) => item === "file_change");
  assert.deepEqual(change?.changes, [{
    path: join(tower.world.repo, "hello.txt"),
    kind: "add",
    diff: "hello from the mock\n",
  }]);
  assert.deepEqual(patch.map(({ item }) => item), ["user", "file_change", "assistant"]);
  await assertServed(tower);
  assert.deepEqual(tower.live.faults, []);
});

Deno.test("a command that ends after its turn is told of its turn and runs nobody's job on", async () => {
  await using tower = await Tower.start();
  const go = join(tower.world.repo, "go");
  await tower.send(
    "job-bg",
    "fast",
    `mock:execbg=until [ -e ${go} ]; do sleep 0.1; done; echo late`,
  );
  const job = await ended(tower, "job-bg", "done");
  await tower.agentIs("fast", "idle");
  assert.ok(!(await transcript(tower, "job-bg")).some(({ item }) => item === "command"));
  await Deno.writeTextFile(go, "");
  const command = await retryUntil("the command's end", async () => {
    const items = await transcript(tower, "job-bg");
    return items.find(({ item }) => item === "command");
  }, 60_000);
  assert.equal(command.output, "late\n");
  assert.equal(command.turn_id, job.turn_id);
  assert.deepEqual(tower.live.jobs.get("job-bg")?.status, "done");
  assert.equal(tower.live.jobs.get("job-bg")?.finished_ts, job.finished_ts);
  assert.equal(tower.live.agents.get("fast")?.status, "idle");
  await assertServed(tower);
});

Deno.test("a compaction has tokens of its own, in no job's figures", async () => {
  await using tower = await Tower.start();
  await tower.send("job-before", "fast", "mock:plain before");
  const before = await ended(tower, "job-before", "done");
  await tower.world.command(tower.pane("fast"), "/compact");
  await tower.world.seeOnScreen(tower.pane("fast"), /Context compacted/);
  await tower.send("job-after", "fast", "mock:plain after");
  const after = await ended(tower, "job-after", "done");
  await assertServed(tower);
  assert.equal(after.thread_id, before.thread_id);
  const { thread, turns, items } = await threadPage(tower, before.thread_id);
  assert.ok(items.some(({ item }) => item === "compaction"));
  const compaction = turns.find(({ job_ids }) => job_ids.length === 0);
  assert.partialDeepStrictEqual(compaction, { ...asWire(USAGE.compact), status: "done" });
  const total = asWire(USAGE.plain).total_tokens;
  assert.deepEqual([before.total_tokens_exact, after.total_tokens_exact], [total, total]);
  assert.equal(thread.total_tokens, 2 * total + asWire(USAGE.compact).total_tokens);
  assert.deepEqual(tower.live.faults, []);
  await assertRebuilds(tower);
});
