/** What becomes of a thread of the real Codex: killed and resumed, archived and taken back. */
import assert from "node:assert/strict";
import { retryUntil } from "../support/retry.ts";
import { Tower } from "./tower.ts";
import { ended, threadPage } from "./truth.ts";

/** Kills all of a pane's processes at once, as the system does when memory is short. */
async function kill(tower: Tower, agent: string): Promise<void> {
  const format = ["display-message", "-p", "-t", tower.pane(agent), "#{pane_pid}"];
  const launcher = Number(await tower.world.tmux(...format));
  const children = await Deno.readTextFile(`/proc/${launcher}/task/${launcher}/children`);
  for (const pid of [...children.trim().split(" ").map(Number), launcher]) {
    Deno.kill(pid, "SIGKILL");
  }
}

Deno.test("the turn of a killed Codex is lost, and its thread goes on when it is resumed", async () => {
  await using tower = await Tower.start();
  await tower.world.tmux("set-option", "-g", "remain-on-exit", "on");
  await tower.send("job-killed", "fast", "mock:hold=never please");
  await tower.world.seeOnScreen(tower.pane("fast"), /The first half\./);
  await tower.jobIs("job-killed", "running");
  await kill(tower, "fast");
  await tower.agentIs("fast", "missing");
  const killed = await ended(tower, "job-killed", "error");
  assert.equal(killed.status_detail, "Codex was killed before its turn ended");
  const lost = await threadPage(tower, killed.thread_id);
  assert.deepEqual(lost.turns.map(({ status }) => status), ["lost"]);

  await tower.restart("fast", ["resume", killed.thread_id!]);
  await tower.send("job-next", "fast", "mock:plain go on");
  const next = await ended(tower, "job-next", "done");
  assert.equal(next.thread_id, killed.thread_id);
  const page = await threadPage(tower, killed.thread_id);
  assert.deepEqual(page.turns.map(({ status }) => status), ["lost", "done"]);
  assert.equal(tower.live.jobs.get("job-killed")?.status, "error");
  assert.deepEqual(tower.live.faults, []);
});

Deno.test("an archived thread is known where its file is, and again when it is taken back", async () => {
  await using tower = await Tower.start();
  await tower.send("job-one", "fast", "mock:plain one");
  const one = await ended(tower, "job-one", "done");
  const { thread } = await threadPage(tower, one.thread_id);
  // A thread that a Codex holds cannot be moved.
  await tower.restart("fast");
  const codex = async (word: string) => {
    const ran = await new Deno.Command(tower.world.codex, {
      args: [word, thread.thread_id],
      env: tower.world.envForCodex(),
      clearEnv: true,
      stdin: "null",
    }).output();
    assert.ok(ran.success, new TextDecoder().decode(ran.stderr));
  };
  const rollout = async () => (await threadPage(tower, thread.thread_id)).thread.rollout;
  await codex("archive");
  await retryUntil(
    "its archived file",
    async () => /archived_sessions/.test(await rollout()),
    60_000,
  );
  await codex("unarchive");
  await retryUntil("its file", async () => await rollout() === thread.rollout, 60_000);
  const { turns } = await threadPage(tower, thread.thread_id);
  assert.equal(turns.length, 1);
});
