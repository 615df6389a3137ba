import assert from "node:assert/strict";
import { join } from "node:path";
import { parseEventLine } from "../../server/sources/event_line.ts";
import type { BadLineEvent } from "../../server/wire.ts";
import { dashCommand, endOf, eventsOf, readEvents, runDash, startDash } from "../support/dash.ts";
import { recordedHooks } from "../support/hooks.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

const SLOW_MS = 60_000;

const PAYLOAD = {
  session_id: "01a1fbc8-56d2-7062-9537-97a8b65af5d3",
  turn_id: "01a1fbc8-7569-78c2-85a3-fda15f84dbca",
  hook_event_name: "Stop",
};

/** Runs a hook to its end; it must not have disturbed Codex. */
async function hook(
  world: TestWorld,
  { args = [], stdin }: { args?: string[]; stdin?: string | Uint8Array<ArrayBuffer> },
): Promise<string> {
  const end = await runDash(world, ["hook", ...args], stdin === undefined ? {} : { stdin });
  assert.deepEqual([end.code, end.stdout], [0, ""]);
  return end.stderr;
}

Deno.test("each payload of Codex becomes one line that the server takes as it is", async () => {
  await using world = new TestWorld();
  const names = ["UserPromptSubmit", "PermissionRequest", "PostModelRequest", "Stop"];
  const hooks = names.map((name) =>
    recordedHooks("hooks-nodaemon").find(({ payload }) => payload["hook_event_name"] === name)!
  );
  for (const { payload } of hooks) await hook(world, { stdin: JSON.stringify(payload) });
  const [notify] = recordedHooks("notify");
  await hook(world, { args: [JSON.stringify(notify!.payload)] });
  const lines = Deno.readTextFileSync(world.events).trimEnd().split("\n");
  const parsed = lines.map((text) =>
    parseEventLine({ offset: 0, end: 1, text, bad: null }, { file: "f", file_key: "k", ts: 1 })
  );
  assert.deepEqual(parsed.map(({ payload_text }) => payload_text), lines);
  const events = eventsOf(world, "hook");
  assert.deepEqual(events.map((event) => event.hook), [...names, "notify"]);
  const { payload } = hooks[1]!;
  assert.partialDeepStrictEqual(events[1], {
    thread_id: payload["session_id"],
    turn_id: payload["turn_id"],
    tool: "Bash",
    detail: "touch /tmp/demo-repo/approved.txt",
    pane_id: null,
  });
  assert.equal(events[4]?.thread_id, notify!.payload["thread-id"]);
});

Deno.test("what cannot be used is counted as a bad line and disturbs nobody", async () => {
  await using world = new TestWorld();
  await hook(world, { stdin: "" });
  await hook(world, { stdin: "no JSON" });
  await hook(world, { stdin: "[1]" });
  await hook(world, { stdin: JSON.stringify({ hook_event_name: "Stop" }) });
  await hook(world, { stdin: new Uint8Array([0x7b, 0xff, 0x7d]) });
  await hook(world, { args: ["{torn"] });
  await hook(world, { stdin: JSON.stringify({ ...PAYLOAD, prompt: "x".repeat(9 << 20) }) });
  const events = readEvents(world) as BadLineEvent[];
  assert.deepEqual(events.map(({ type, source }) => `${type} ${source}`), [
    ...Array(7).fill("bad_line hook"),
  ]);
  assert.deepEqual(events.map(({ reason }) => reason), [
    "not_json",
    "not_json",
    "not_an_object",
    "wrong_type",
    "invalid_utf8",
    "not_json",
    "too_long",
  ]);
});

Deno.test("a long command is cut, so that its line fits", async () => {
  await using world = new TestWorld();
  const command = "😀".repeat(400_000);
  const payload = { ...PAYLOAD, hook_event_name: "PreToolUse", tool_input: { command } };
  await hook(world, { stdin: JSON.stringify(payload), args: ["--max-event-line", "3000"] });
  const [event] = eventsOf(world, "hook");
  assert.equal(event?.detail?.length, 500);
  assert.ok(event.detail.isWellFormed());
});

Deno.test("a hook whose stdin is never closed ends all the same", async () => {
  await using world = new TestWorld();
  const child = startDash(world, ["hook"], { stdin: "piped" });
  const end = await endOf(child);
  await child.stdin.close().catch(() => {});
  assert.deepEqual([end.code, end.stdout], [0, ""]);
  assert.equal((readEvents(world)[0] as BadLineEvent).reason, "too_late");
});

Deno.test("an event file that cannot be written, or wrong options, fail no hook", async () => {
  await using world = new TestWorld();
  Deno.mkdirSync(world.events);
  assert.match(await hook(world, { stdin: JSON.stringify(PAYLOAD) }), /Cannot write/);
  assert.match(
    await hook(world, { stdin: JSON.stringify(PAYLOAD), args: ["--max-event-line", "few"] }),
    /Cannot use "few"/,
  );
  const events = join(world.dir, "other.ndjson");
  await hook(world, { stdin: JSON.stringify(PAYLOAD), args: ["--what", "--events", events] });
  assert.equal(Deno.readTextFileSync(events).split("\n").length, 2);
});

Deno.test("a hook names its pane only where it descends from it", async () => {
  await using world = new TestWorld();
  const call = (thread: string, ...more: string[]) => {
    const payload = JSON.stringify({ ...PAYLOAD, session_id: thread });
    return dashCommand("hook", ...more, payload).map((word) => `'${word}'`).join(" ");
  };
  const script = (name: string, ...lines: string[]) => {
    Deno.writeTextFileSync(join(world.dir, name), lines.join("\n"));
    return join(world.dir, name);
  };
  // As Codex's daemon: in a session of its own, and whoever started it is gone.
  const daemon = script(
    "daemon",
    "while grep -q setsid /proc/$(sed -n 's/^PPid:\t//p' /proc/$$/status)/comm; do sleep 0.02; done",
    call("daemon"),
  );
  const pane = script(
    "pane",
    call("embedded"),
    call("elsewhere", "--tmux-socket", join(world.dir, "other")),
    `setsid --fork sh ${daemon}`,
    "exec sleep infinity",
  );
  const environment = Object.entries(world.env()).flatMap(([name, text]) => [
    "-e",
    `${name}=${text}`,
  ]);
  await world.tmux("new-session", "-d", "-s", "s", "--", "sleep", "infinity");
  const pane_id = (await world.tmux(
    ...["split-window", "-t", "s", "-d", "-P", "-F", "#{pane_id}", ...environment],
    ...["--", "sh", pane],
  )).trim();
  const events = await retryUntil("three hooks", () => {
    const all = eventsOf(world, "hook");
    return all.length === 3 && all;
  }, SLOW_MS);
  const panes = events.map(({ thread_id, pane_id }) => [thread_id, pane_id]);
  assert.deepEqual(Object.fromEntries(panes), {
    embedded: pane_id,
    elsewhere: null,
    daemon: null,
  });
});
