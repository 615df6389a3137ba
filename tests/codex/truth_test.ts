/** What Codex's own session files make known: exact tokens, transcripts, ends, and whose pane it was. */
import assert from "node:assert/strict";
import type { LimitRow, ThreadRow, TranscriptItem, UsageRow } from "../../server/wire.ts";
import { USAGE } from "./scenarios.ts";
import { Tower } from "./tower.ts";
import { assertServed, ended, get, threadPage } from "./truth.ts";

const PLAIN = USAGE.plain.input + USAGE.plain.output;

Deno.test("a job's tokens are exactly those that the model served for its prompt", async () => {
  await using tower = await Tower.start(["fast", "deep"]);
  await tower.send("job-plain", "fast", "mock:plain hello");
  await tower.send("job-exec", "deep", "mock:exec=echo hello; exit 3");
  const plain = await ended(tower, "job-plain", "done");
  const exec = await ended(tower, "job-exec", "done");
  assert.equal(plain.prompt_tokens_exact, USAGE.plain.input);
  assert.equal(plain.completion_tokens_exact, USAGE.plain.output);
  assert.equal(plain.cached_tokens_exact, USAGE.plain.cached);
  assert.equal(plain.reasoning_tokens_exact, USAGE.plain.reasoning);
  assert.equal(plain.shared_with, 0);
  assert.equal(
    exec.total_tokens_exact,
    USAGE.tool_step.input + USAGE.tool_step.output + USAGE.after_tool.input +
      USAGE.after_tool.output,
  );
  const usage = await get<UsageRow[]>(tower, "/api/usage?by=agent");
  assert.deepEqual(
    usage.map(({ key, total_tokens }) => [key, total_tokens]),
    [["deep", exec.total_tokens_exact], ["fast", plain.total_tokens_exact]],
  );
  const items = await get<TranscriptItem[]>(tower, "/api/jobs/job-exec/transcript");
  const command = items.find(({ item }) => item === "command");
  assert.match(command?.command ?? "", /echo hello; exit 3/);
  assert.equal(command?.exit_code, 3);
  assert.match(command?.output ?? "", /hello/);
  await assertServed(tower);
  assert.deepEqual(tower.live.faults, []);
});

Deno.test("a prompt without a marker is its agent's too: the pane's process holds the thread", async () => {
  await using tower = await Tower.start(["fast", "deep"]);
  const sent = await tower.run(["send", "deep", "--nojob", "--wait", "0", "--", "mock:plain bare"]);
  assert.equal(sent.code, 0, sent.stderr);
  const mapped = await tower.live.until(
    "the thread's agent",
    () => tower.live.events.find((event) => event.type === "thread_mapped"),
  );
  assert.equal(mapped.agent, "deep");
  assert.equal(mapped["via"], "lock");
  await tower.live.until("tokens", () => tower.live.events.some((event) => event.type === "usage"));
  const [thread] = await get<ThreadRow[]>(tower, "/api/threads?agent=deep");
  assert.equal(thread?.preview, "mock:plain bare");
  assert.equal(thread?.total_tokens, PLAIN);
});

Deno.test("a prompt sent while Codex works joins its turn: counted once, shown on both jobs", async () => {
  await using tower = await Tower.start();
  await tower.send("job-first", "fast", "mock:hold=it first");
  await tower.jobIs("job-first", "running");
  await tower.send("job-second", "fast", "mock:plain second");
  tower.world.model.release("it");
  const first = await ended(tower, "job-first", "done");
  const second = await ended(tower, "job-second", "done");
  const { turns, thread } = await threadPage(tower, first.thread_id);
  assert.deepEqual(turns.map(({ job_ids }) => job_ids), [["job-first", "job-second"]]);
  assert.deepEqual([first.shared_with, second.shared_with], [1, 1]);
  assert.equal(first.turn_id, second.turn_id);
  assert.equal(first.total_tokens_exact, second.total_tokens_exact);
  assert.equal(thread.total_tokens, turns[0]?.total_tokens);
  await assertServed(tower);
});

Deno.test("a sub-agent's tokens stand beside its parent's, under the parent's agent", async () => {
  await using tower = await Tower.start();
  await tower.send("job-spawn", "fast", "mock:spawn=look around");
  const job = await ended(tower, "job-spawn", "done");
  await tower.live.until(
    "the sub-agent's tokens on the job",
    () => tower.live.jobs.get("job-spawn")?.sub_agent_tokens_exact === PLAIN,
  );
  const { sub_agents, thread } = await threadPage(tower, job.thread_id);
  assert.deepEqual(
    sub_agents.map(({ agent, total_tokens, parent_thread_id }) => [
      ...[agent, total_tokens, parent_thread_id],
    ]),
    [["fast", PLAIN, job.thread_id]],
  );
  assert.equal(thread.total_tokens, job.total_tokens_exact);
  await assertServed(tower);
});

Deno.test("the plan's limits are as the model stated them, per window", async () => {
  await using tower = await Tower.start();
  await tower.send("job-plain", "fast", "mock:plain hello");
  await ended(tower, "job-plain", "done");
  const limits = await get<LimitRow[]>(tower, "/api/limits");
  assert.deepEqual(
    limits.map(({ span, used_percent, window_minutes, resets_ts }) => [
      ...[span, used_percent, window_minutes, resets_ts],
    ]),
    [
      ["primary", 12.5, 300, 1_900_000_000_000],
      ["secondary", 41, 10_080, 1_900_500_000_000],
    ],
  );
});
