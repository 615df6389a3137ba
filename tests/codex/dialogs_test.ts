/** What Codex asks in the middle of a turn: named while it waits, and over with the answer. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { TranscriptItem } from "../../server/wire.ts";
import { Tower } from "./tower.ts";
import { assertServed, ended, get, wentThrough } from "./truth.ts";

const APPROVAL = /Would you like to run the following command\?/;

Deno.test("an approved command runs, its job goes on and is done", async () => {
  await using tower = await Tower.start();
  const file = join(tower.world.repo, "approved.txt");
  await tower.send("job-yes", "fast", `mock:escalate=touch ${file}`);
  await tower.jobIs("job-yes", "blocked");
  const agent = await tower.live.until("the command in question", () => {
    const row = tower.live.agents.get("fast");
    return row?.status === "approval" && row.status_code === "approval" && row;
  });
  assert.match(agent.status_detail ?? "", /Would you like to run .* \$ touch /);
  assert.equal(agent.status_conflict, null);
  assert.equal(agent.job_id, "job-yes");
  await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
  await tower.world.answer(tower.pane("fast"), APPROVAL, "y");
  await ended(tower, "job-yes", "done");
  await Deno.stat(file);
  const items = await get<TranscriptItem[]>(tower, "/api/jobs/job-yes/transcript");
  const command = items.find(({ item }) => item === "command");
  assert.deepEqual([command?.command, command?.exit_code], [`touch ${file}`, 0]);
  assert.deepEqual(wentThrough(tower, "job-yes").slice(-2), ["blocked", "done"]);
  assert.equal((await tower.agentIs("fast", "idle")).status_code, null);
  await assertServed(tower);
});

Deno.test("a denied command does not run, and its job is cancelled", async () => {
  await using tower = await Tower.start();
  const file = join(tower.world.repo, "denied.txt");
  await tower.send("job-no", "fast", `mock:escalate=touch ${file}`);
  await tower.jobIs("job-no", "blocked");
  await tower.world.answer(tower.pane("fast"), APPROVAL, "Escape");
  await ended(tower, "job-no", "cancelled");
  await tower.agentIs("fast", "idle");
  await tower.send("job-next", "fast", "mock:plain next");
  await ended(tower, "job-next", "done");
  await assert.rejects(Deno.stat(file), Deno.errors.NotFound);
  await assertServed(tower);
  assert.deepEqual(tower.live.faults, []);
});

Deno.test("a question waits as a question, and its answer lets the job go on", async () => {
  await using tower = await Tower.start();
  const pane = tower.pane("fast");
  // A composer without a turn drops the key while Codex still starts up behind it.
  await tower.send("job-first", "fast", "mock:plain first");
  await ended(tower, "job-first", "done");
  await tower.world.press(pane, "BTab");
  await tower.world.seeOnScreen(pane, /Plan mode/);
  await tower.send("job-ask", "fast", "mock:ask please");
  await tower.jobIs("job-ask", "blocked");
  const agent = await tower.live.until("the question", () => {
    const row = tower.live.agents.get("fast");
    return row?.status === "input" && row.status_code === "question" && row;
  });
  assert.match(agent.status_detail ?? "", /^Question 1\/1/);
  assert.equal(agent.status_conflict, null);
  const sent = await tower.send("job-1-2", "fast", "mock:plain 1 2");
  assert.match(sent.stderr, /it asks a question/);
  await tower.world.answer(pane, /Question 1\/1/, "Enter");
  await ended(tower, "job-ask", "done");
  assert.deepEqual(wentThrough(tower, "job-ask").slice(-2), ["blocked", "done"]);
  await tower.agentIs("fast", "idle");
  await assertServed(tower);
});
