/** The tower and the real Codex: what a person does in a shell, and what the page then shows. */
import assert from "node:assert/strict";
import { RECEIPTS } from "../../server/wire.ts";
import { retryUntil } from "../support/retry.ts";
import { Tower } from "./tower.ts";
import { assertServed, ended, wentThrough } from "./truth.ts";

const QUESTION = /Would you like to run the following command\?/;

/** The screen that the page shows, as text. */
function shown(tower: Tower, agent: string): string {
  // deno-lint-ignore no-control-regex
  return (tower.live.screens.get(agent)?.lines ?? []).join("\n").replace(/\x1b\[[0-9;:]*m/g, "");
}

/** Events that tell new text in a pane. */
function told(tower: Tower, text: string) {
  return tower.live.events.filter((event) =>
    event.type === "pane_output" && String(event["text"]).includes(text)
  );
}

async function untilTold(tower: Tower, text: string): Promise<void> {
  await tower.live.until(`"${text}" in the pane's output`, () => told(tower, text).length > 0);
}

Deno.test("a prompt goes from the shell to Codex, and its answer to the page", async () => {
  await using tower = await Tower.start();
  const sent = await tower.send("job-1", "fast", "mock:hold=it say something");
  assert.equal(sent.code, 0, sent.stderr);
  await tower.agentIs("fast", "working");
  await tower.jobIs("job-1", "running");
  tower.world.model.release("it");
  const job = await tower.jobIs("job-1", "done");
  const agent = await tower.agentIs("fast", "idle");

  assert.equal(agent.window_name, "fast");
  assert.equal(agent.job_id, "job-1");
  assert.equal(job.agent, "fast");
  assert.equal(job.pane_id, agent.pane_id);
  assert.equal(job.marker, null, "the marker is the job's own id");
  assert.equal(job.prompt_text, "mock:hold=it say something");
  assert.equal(job.receipt, "turn_started");
  const receipts = tower.live.receipts("job-1");
  assert.deepEqual(receipts, RECEIPTS.filter((receipt) => receipts.includes(receipt)));
  const times = [
    job.started_ts,
    job.typed_ts,
    job.submitted_ts,
    job.turn_started_ts,
    job.finished_ts,
  ];
  assert.deepEqual(times, times.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
  assert.ok(times.every((ts) => ts !== null));
  const statuses = tower.live.agentStatuses("fast");
  assert.deepEqual(statuses.slice(statuses.lastIndexOf("working") - 1), [
    "idle",
    "working",
    "idle",
  ]);

  await tower.live.until(
    "the answer on the page",
    () => /The second half\./.test(shown(tower, "fast")),
  );
  await untilTold(tower, "The second half.");
  // Whatever a later look at the same screen told again would stand before the next answer.
  await tower.send("job-2", "fast", "mock:plain say hello");
  await untilTold(tower, "Hello from the mock model.");
  assert.equal(told(tower, "The second half.").length, 1, "the answer is told once");
  assert.deepEqual(tower.live.faults, []);
  const prompts = tower.world.model.requests.filter(({ scenario }) => scenario === "hold");
  assert.deepEqual(prompts.map(({ prompt }) => prompt), ["[JOB:job-1] mock:hold=it say something"]);
});

Deno.test("a prompt of several lines with dashes and tabs reaches the model as it is", async () => {
  await using tower = await Tower.start();
  const prompt = "- first, mock:plain\n-- second\n\tthird ␞ ünïcödé 你好\n\n--last";
  const sent = await tower.send("job-lines", "fast", prompt);
  assert.equal(sent.code, 0, sent.stderr);
  await tower.jobIs("job-lines", "done");
  const [request] = tower.world.model.requests.filter(({ scenario }) => scenario === "plain");
  // Codex itself makes four spaces of a pasted tab.
  assert.equal(request?.prompt.replace("    third", "\tthird"), `[JOB:job-lines] ${prompt}`);
});

Deno.test("an approval is shown, and a send into it is refused and approves nothing", async () => {
  await using tower = await Tower.start();
  const wanted = `${tower.world.repo}/wanted.txt`;
  await tower.send("job-ask", "fast", `mock:escalate=touch ${wanted}`);
  const agent = await tower.agentIs("fast", "approval");
  assert.ok(agent.status_source === "title" || agent.status_source === "screen");
  await tower.jobIs("job-ask", "blocked");
  // Codex reports the approval almost a second before it draws the question.
  await tower.world.seeOnScreen(tower.pane("fast"), QUESTION);

  const refused = await tower.send("job-1-2-3-y", "fast", "mock:plain 1 2 3 y");
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /fast/);
  const screen = await tower.world.screen(tower.pane("fast"));
  assert.match(screen, QUESTION);
  assert.ok(!screen.includes("job-1-2-3-y"));
  assert.equal(tower.live.agents.get("fast")?.status, "approval");
  await assert.rejects(Deno.stat(wanted), Deno.errors.NotFound);

  await tower.world.answer(tower.pane("fast"), QUESTION, "y");
  await tower.jobIs("job-ask", "done");
  await Deno.stat(wanted);
  assert.deepEqual(wentThrough(tower, "job-ask").slice(-2), ["blocked", "done"]);
  assert.notEqual(tower.live.jobs.get("job-1-2-3-y")?.status, "done");
  assert.deepEqual(tower.live.faults, []);
});

Deno.test("an interrupted turn makes the job cancelled", async () => {
  await using tower = await Tower.start();
  await tower.send("job-stopped", "fast", "mock:hold=never please");
  await tower.jobIs("job-stopped", "running");
  await tower.world.seeOnScreen(tower.pane("fast"), /The first half\./);
  await tower.world.press(tower.pane("fast"), "Escape");
  const job = await ended(tower, "job-stopped", "cancelled");
  await tower.agentIs("fast", "idle");
  assert.equal(job.total_tokens_exact, null, "an answer that was cut off reports no tokens");
  await assertServed(tower);
  assert.deepEqual(tower.live.faults, []);
});

Deno.test("a dispatch to two agents makes two jobs that both get done", async () => {
  await using tower = await Tower.start(["fast", "deep"]);
  const sent = await tower.run(["send", "all", "--wait", "60", "--", "mock:plain say hello"]);
  assert.equal(sent.code, 0, sent.stderr);
  const done = await tower.live.until("two jobs done", () => {
    const jobs = [...tower.live.jobs.values()].filter((job) => job.status === "done");
    return jobs.length === 2 && jobs;
  });
  assert.deepEqual(done.map((job) => job.agent).sort(), ["deep", "fast"]);
  assert.equal(new Set(done.map((job) => job.dispatch_id)).size, 1);
  assert.equal(new Set(done.map((job) => job.job_id)).size, 2);
  assert.match(sent.stdout, /Hello from the mock model\./);
  await assertServed(tower);
});

Deno.test("what happened while the server was down is known once it is up", async () => {
  await using tower = await Tower.start();
  await tower.stopServer();
  const sent = await tower.send("job-alone", "fast", "mock:plain say hello");
  assert.equal(sent.code, 0, sent.stderr);
  await retryUntil(
    "the turn",
    () => tower.world.rollout().some((line) => line.payload["type"] === "task_complete"),
    60_000,
  );
  await tower.startServer();
  const job = await tower.jobIs("job-alone", "done");
  assert.equal(job.agent, "fast");
  assert.deepEqual(tower.live.faults, []);
});
