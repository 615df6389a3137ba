/** Codex's own hooks, notify and titles, set by the lines that the doctor prints. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../server/config.ts";
import { checkCodexConfig } from "../../server/doctor/codex_config_check.ts";
import { startServer } from "../../server/serve.ts";
import type { AgentRow, HookEvent } from "../../server/wire.ts";
import { eventsOf, readEvents } from "../support/dash.ts";
import { retryUntil } from "../support/retry.ts";
import { CodexWorld } from "./world.ts";

const SLOW_MS = 60_000;

/** Adds to config.toml what the doctor says, and `notify` with the same command. */
function addLines(world: CodexWorld): void {
  const { findings } = checkCodexConfig({
    config: loadConfig({}, world.env()),
    store: undefined,
    sources: undefined,
    server_url: undefined,
    now: 0,
  });
  const path = join(world.codex_home, "config.toml");
  const lines = findings.map(({ remedy }) => remedy).join("\n");
  const [command = ""] = /(?<=command = ")[^"]*/.exec(lines) ?? [];
  const notify = `notify = ${JSON.stringify(command.split(" "))}\n`;
  Deno.writeTextFileSync(path, notify + Deno.readTextFileSync(path) + lines);
}

async function untilHook(
  world: CodexWorld,
  hook: string,
  fits: (event: HookEvent) => boolean = () => true,
): Promise<HookEvent> {
  return await retryUntil(
    hook,
    () => eventsOf(world, "hook").find((event) => event.hook === hook && fits(event)),
    SLOW_MS,
  );
}

Deno.test("Codex's hooks and notify arrive, tell their pane, and disturb nothing", async () => {
  await using world = new CodexWorld();
  addLines(world);
  const pane = await world.startCodex("fast", ["--dangerously-bypass-hook-trust"]);
  await world.type(pane, "mock:plain say hello");
  const stop = await untilHook(world, "Stop");
  const submitted = await untilHook(world, "UserPromptSubmit");
  const [meta] = world.rollout();
  assert.equal(stop.thread_id, meta?.payload["id"]);
  assert.equal(submitted.turn_id, stop.turn_id);
  assert.deepEqual([submitted.pane_id, stop.pane_id], [pane, pane]);
  await untilHook(world, "notify", (event) => event.thread_id === stop.thread_id);
  // The hidden thread that writes the title: it has no session file.
  await untilHook(world, "notify", (event) => event.thread_id !== stop.thread_id);

  await world.type(pane, `mock:escalate=touch ${world.repo}/asked.txt`);
  const asked = await untilHook(world, "PermissionRequest");
  assert.equal(asked.detail, `touch ${world.repo}/asked.txt`);
  await world.answer(pane, /Would you like to run/, "y");
  await untilHook(world, "PostToolUse");
  await world.seeOnScreen(pane, /Escalated command handled\./);

  await world.type(pane, "mock:hold=never please");
  await world.seeOnScreen(pane, /The first half\./);
  await world.press(pane, "Escape");
  await untilHook(world, "Interrupt");

  await world.type(pane, "mock:500 please");
  const failed = await untilHook(
    world,
    "PostModelRequest",
    (event) => event.status === "failed",
  );
  assert.match(failed.detail ?? "", /high demand/);
  const screen = await world.seeOnScreen(pane, /high demand/);
  assert.doesNotMatch(screen, /hook/i);
  assert.ok(readEvents(world).every(({ type }) => type === "hook"));
});

Deno.test("a title that names its thread maps the pane, and the hook tier speaks for it", async () => {
  await using world = new CodexWorld();
  addLines(world);
  const pane = await world.startCodex("fast", ["--dangerously-bypass-hook-trust"]);
  const flags = { session: "fast", log: "warn" };
  const server = startServer(loadConfig(flags, world.envForCodex()));
  const agent = async (): Promise<AgentRow | undefined> => {
    const agents: AgentRow[] = await (await fetch(`${server.url}/api/agents`)).json();
    return agents.find((row) => row.agent === "fast");
  };
  try {
    await retryUntil("an idle agent", async () => (await agent())?.status === "idle", SLOW_MS);
    await world.type(pane, "mock:hold=it please");
    const first = await retryUntil("its thread", async () => (await agent())?.thread_id, SLOW_MS);
    assert.equal(first, world.rollout()[0]?.payload["id"]);
    await retryUntil("every tier says working", async () => {
      const row = await agent();
      return row?.status === "working" && row.status_conflict === null;
    }, SLOW_MS);
    const title = await world.tmux("display-message", "-p", "-t", pane, "#{pane_title}");
    assert.ok(title.includes(first.slice(0, 29)), title);
    world.model.release("it");
    await untilHook(world, "Stop");
    await retryUntil("every tier says idle", async () => {
      const row = await agent();
      return row?.status === "idle" && row.status_conflict === null;
    }, SLOW_MS);

    await world.tmux("send-keys", "-t", pane, "-l", "/new");
    await world.seeOnScreen(pane, /› \/new/);
    await world.press(pane, "Enter");
    await retryUntil("a title with another thread", async () => {
      const title = await world.tmux("display-message", "-p", "-t", pane, "#{pane_title}");
      return /[0-9a-f]{8}-/.test(title) && !title.includes(first.slice(0, 29));
    }, SLOW_MS);
    await world.type(pane, "mock:plain in another thread");
    const second = await retryUntil("another thread", async () => {
      const { thread_id = null } = await agent() ?? {};
      return thread_id !== first && thread_id;
    }, SLOW_MS);
    assert.equal(second, world.rollout()[0]?.payload["id"]);
  } finally {
    await server.stop();
  }
});
