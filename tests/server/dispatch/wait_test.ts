import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../../server/config.ts";
import { EventLog } from "../../../server/dispatch/event_log.ts";
import { type Run } from "../../../server/dispatch/run.ts";
import { waitForEnd } from "../../../server/dispatch/wait.ts";
import { retryUntil } from "../../support/retry.ts";
import { TestWorld } from "../../support/temp.ts";

/** A pane that shows a recorded screen, with a title as Codex would set it. */
async function show(world: TestWorld, name: string, title: string): Promise<void> {
  const path = fileURLToPath(new URL(`../../testdata/codex/${name}.txt`, import.meta.url));
  const script = `cat '${path}'; exec cat`;
  await world.tmux("new-session", "-d", "-s", "s", "-x", "100", "-y", "30", "sh", "-c", script);
  await world.tmux("select-pane", "-t", "%0", "-T", title);
  await retryUntil(
    "the screen",
    async () => (await world.tmux("capture-pane", "-p", "-t", "%0")).includes("f2 to view"),
  );
}

async function wait(world: TestWorld, marker: string | undefined, seconds: number) {
  const config = loadConfig({}, world.env());
  const run: Run = {
    ...{ config, dispatch_id: "d", jobs: [], onReceipt: undefined, output: undefined },
    ...{ log: new EventLog(world.events, { max_line: 1e6 }), stop: undefined },
    onWarning: assert.fail,
  };
  const { exit_code, detail } = await waitForEnd(run, {
    ...{ pane_id: "%0", marker, seconds },
    onBlocked: assert.fail,
  });
  return [exit_code, detail];
}

Deno.test("a prompt that has ended is done while a later one is at work", async () => {
  await using world = new TestWorld();
  await show(world, "pane-streaming", "⠹ demo-repo");
  assert.deepEqual(await wait(world, "51f8a43a-041a-4cda-beea-a751a83519fd", 600), [0, null]);
  assert.deepEqual(
    await wait(world, "bde6c59f-66cd-4eec-aedf-61dd8764ad4f", 1),
    [4, "Not finished after 1 s"],
  );
  assert.deepEqual(await wait(world, undefined, 1), [4, "Not finished after 1 s"]);
});

Deno.test("an agent that only rests has not begun, until it rested for long", async () => {
  await using world = new TestWorld();
  await show(world, "pane-finished", "demo-repo");
  assert.deepEqual(await wait(world, "not-there-yet", 4), [4, "Not finished after 4 s"]);
  assert.deepEqual(await wait(world, "scrolled-away", 60), [0, null]);
});

Deno.test("why a turn failed is told by its own end, also while another is at work already", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "s", "-x", "100", "-y", "30", "sh", "-c", "cat");
  const rows = [
    ...["", "› [JOB:f1] mock:500", "", "■ It broke.", "", "• Working (0s • esc to interrupt)", ""],
    ...["› Ask Codex to do anything", "", "  GPT-6.1-Sol default · /tmp/repo", "  f2 to view"],
  ];
  const path = `${world.dir}/rows`;
  await Deno.writeTextFile(path, rows.join("\n"));
  await world.tmux("respawn-pane", "-k", "-t", "%0", "--", "sh", "-c", `cat '${path}'; exec cat`);
  await retryUntil(
    "the screen",
    async () => (await world.tmux("capture-pane", "-p", "-t", "%0")).includes("f2 to view"),
  );
  assert.deepEqual(await wait(world, "f1", 600), [1, "It broke."]);
});

Deno.test("an interrupted turn, and a pane that goes, are failures", async () => {
  await using world = new TestWorld();
  await show(world, "pane-interrupted", "demo-repo");
  const own = "a2c9293a-cfb7-4a5f-b982-adb8e5ce5efc";
  assert.deepEqual(await wait(world, own, 600), [1, "The turn was interrupted"]);
  const waiting = wait(world, "another", 600);
  await world.tmux("kill-server");
  assert.deepEqual(await waiting, [1, "Cannot look at pane %0: it is gone"]);
});
