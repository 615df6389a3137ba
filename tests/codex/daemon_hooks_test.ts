/** Hooks of Codex's daemon: all agents' run in one process, with the TMUX_PANE of whoever started it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { HookEvent } from "../../server/wire.ts";
import { dashCommand, eventsOf } from "../support/dash.ts";
import { CodexDaemon } from "./daemon.ts";
import { Tower } from "./tower.ts";
import { assertServed } from "./truth.ts";
import { CodexWorld } from "./world.ts";

const HOOKS = ["UserPromptSubmit", "Stop"];
const REVIEW = /Hooks need review/;

/** Every hook runs `codexdash hook`, in the world's own environment. */
function writeHooks(world: CodexWorld): void {
  const script = join(world.dir, "hook");
  const command = dashCommand("hook").map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(script, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  const hook = [{ hooks: [{ type: "command", command: script, timeout: 30 }] }];
  Deno.writeTextFileSync(
    join(world.codex_home, "hooks.json"),
    JSON.stringify({ hooks: Object.fromEntries(HOOKS.map((name) => [name, hook])) }),
  );
}

async function trust(tower: Tower, agent: string): Promise<void> {
  const pane = tower.pane(agent);
  await tower.world.answer(pane, /› 1\. Review hooks/, "Down");
  await tower.world.seeOnScreen(pane, /› 2\. Trust all and continue/);
  await tower.world.answer(pane, REVIEW, "Enter");
  await tower.agentIs(agent, "idle");
}

/** The hooks told so far, and the panes that they named. */
function told(tower: Tower): [hook: string, pane_id: string | null | undefined][] {
  return eventsOf(tower.world, "hook").map(({ hook, pane_id }: HookEvent) => [hook, pane_id]);
}

async function untilTold(tower: Tower, hook: string): Promise<void> {
  await tower.live.until(
    hook,
    () => tower.live.events.some((event) => event.type === "hook" && event["hook"] === hook),
  );
}

Deno.test("a hook of the daemon has another agent's TMUX_PANE and is not believed", async () => {
  await using tower = new Tower(new CodexWorld({ embedded: false }));
  const { world } = tower;
  writeHooks(world);
  await world.tmux("new-session", "-d", "-s", "first");
  const server = (await world.tmux("display-message", "-p", "#{pid}")).trim();
  // As if the pane of "deep" had started the daemon: first, CTRL, fast, deep.
  const env = { TMUX: `${world.tmux_socket},${server},0`, TMUX_PANE: "%3" };
  await using _daemon = await CodexDaemon.start(world, env);
  const up = await tower.run(["up", "--windows", "--noattach", "--agents", "fast,deep"]);
  assert.equal(up.code, 0, up.stderr);
  await tower.startServer();
  await tower.agentIs("fast", "input");
  await trust(tower, "fast");
  await tower.restart("deep");
  assert.equal(tower.pane("deep"), env.TMUX_PANE);
  await tower.run(["send", "fast", "--nojob", "--wait", "0", "--", "mock:hold=it bare"]);
  await untilTold(tower, "UserPromptSubmit");
  await tower.world.seeOnScreen(tower.pane("fast"), /The first half\./);
  await tower.agentIs("fast", "working");
  const deep = tower.live.agents.get("deep");
  assert.deepEqual([deep?.status, deep?.status_conflict], ["idle", null]);
  tower.world.model.release("it");
  await untilTold(tower, "Stop");
  await tower.agentIs("fast", "idle");
  assert.deepEqual(told(tower), [["UserPromptSubmit", null], ["Stop", null]]);
  assert.equal(tower.live.agentStatuses("deep").includes("working"), false);
  await assertServed(tower);
});
