import assert from "node:assert/strict";
import { join } from "node:path";
import { dashCommand, eventsOf, runDash } from "../support/dash.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

/** A busy machine: nothing here is about speed. */
const SLOW_MS = 60_000;

/** A Codex that writes down how it was started and stays. */
function placeCodex(world: TestWorld): string {
  const path = join(world.dir, "my codex");
  const script = `#!/bin/sh
for argument in "$@"; do printf '%s\\0' "$argument"; done > '${world.dir}/argv'"$TMUX_PANE"
printf '%s' "$CODEX_HOME" > '${world.dir}/home'"$TMUX_PANE"
exec cat
`;
  Deno.writeTextFileSync(path, script, { mode: 0o755 });
  return path;
}

async function startedWith(world: TestWorld, pane_id: string): Promise<string[]> {
  return await retryUntil(`Codex in ${pane_id}`, () => {
    Deno.statSync(join(world.dir, `home${pane_id}`));
    return Deno.readTextFileSync(join(world.dir, `argv${pane_id}`)).split("\0").slice(0, -1);
  }, SLOW_MS);
}

async function listPanes(world: TestWorld): Promise<string[]> {
  const format = "#{window_name} #{pane_id} #{pane_title} #{pane_current_path}";
  return (await world.tmux("list-panes", "-s", "-t", "codexctl", "-F", format)).trim().split("\n");
}

/** The options as in the recording, with the recording's folder. */
async function shownOptions(world: TestWorld): Promise<string> {
  const shown = await world.tmux("show-options", "-g");
  const ours = shown.split("\n").filter((line) => line.startsWith("@codexctl_"));
  return ours.join("\n").replaceAll(world.dir, "/tmp/demo-repo") + "\n";
}

Deno.test("up --thread-titles has agents name their threads, also where there is a codexctl", async () => {
  await using world = new TestWorld();
  const env = {
    CODEXCTL_CODEX_BIN: placeCodex(world),
    CODEXDASH_DRIVER: "codexctl",
    CODEXDASH_CODEXCTL: "/bin/false",
  };
  const up = ["up", "--windows", "--agents", "fast", "--dir", world.dir, "--thread-titles"];
  const { code, stderr } = await runDash(world, up, { env });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.deepEqual(await startedWith(world, "%1"), [
    "-c",
    'tui.terminal_title=["activity","thread-id"]',
  ]);
});

Deno.test("up --windows makes the session and the options that codexctl makes", async () => {
  await using world = new TestWorld();
  const env = { CODEXCTL_CODEX_BIN: placeCodex(world) };
  const { code, stdout, stderr } = await runDash(
    world,
    ["up", "--windows", "--agents", "fast,deep", "--dir", world.dir],
    { env },
  );
  assert.deepEqual([code, stdout, stderr], [0, "fast %1\ndeep %2\n", ""]);
  assert.deepEqual(await listPanes(world), [
    `agents %0 CTRL  (codexctl) ${world.dir}`,
    `fast %1 AGENT:@fast ${world.dir}`,
    `deep %2 AGENT:@deep ${world.dir}`,
  ]);
  const recording = new URL("../testdata/codex/tmux-options.txt", import.meta.url);
  assert.equal(await shownOptions(world), Deno.readTextFileSync(recording));
  assert.deepEqual(await startedWith(world, "%1"), []);
  assert.deepEqual(await startedWith(world, "%2"), []);

  const again = await runDash(world, ["up", "--dir", world.dir], { env });
  assert.equal(again.code, 1);
  assert.match(again.stderr, /is up already: open it with codexdash attach/);
  assert.equal((await listPanes(world)).length, 3);
  assert.deepEqual(eventsOf(world, "dispatch"), []);
});

Deno.test("up gives each agent its profile, model and arguments, without a shell in between", async () => {
  await using world = new TestWorld();
  // A server that runs already has an environment of its own.
  await world.tmux("new-session", "-d", "-s", "earlier", "cat");
  const words = "up --agents fast,deep --profiles quick, --models ,gpt; --unsafe".split(" ");
  const { code, stderr } = await runDash(world, [
    ...[...words, "--dir", world.dir, "--codex-bin", placeCodex(world)],
    ...["--args", "-c a=$HOME;  --x='y z' ;"],
  ]);
  assert.equal(code, 0, stderr);
  const shared = [
    "-c",
    "a=$HOME;",
    "--x='y",
    "z'",
    ";",
    "--dangerously-bypass-approvals-and-sandbox",
  ];
  assert.deepEqual(await startedWith(world, "%2"), ["--profile", "quick", ...shared]);
  assert.deepEqual(await startedWith(world, "%3"), ["-m", "gpt;", ...shared]);
  assert.equal(Deno.readTextFileSync(join(world.dir, "home%2")), world.codex_home);
  const options = await shownOptions(world);
  assert.match(options, /^@codexctl_model_deep "gpt;"$/m);
  assert.match(options, /^@codexctl_profiles quick,$/m);
  const panes = await listPanes(world);
  assert.deepEqual(panes.map((pane) => pane.split(" ")[0]), ["agents", "agents", "agents"]);
});

Deno.test("an agent for which the window has no room gets one of its own, and that is said", async () => {
  await using world = new TestWorld();
  const agents = Array.from({ length: 26 }, (_, index) => `a${index}`).join(",");
  const { code, stdout, stderr } = await runDash(world, [
    ...["up", "--agents", agents, "--layout", "even-vertical", "--dir", world.dir],
    ...["--codex-bin", placeCodex(world)],
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Agent "a\d+" got a window of its own/);
  assert.equal(stdout.trim().split("\n").length, 26);
  assert.equal((await listPanes(world)).length, 27);
});

Deno.test("what cannot be started leaves nothing behind", async () => {
  await using world = new TestWorld();
  const codex = placeCodex(world);
  for (
    const [args, code, message] of [
      [["--codex-bin", "/no/codex"], 1, /Cannot find "\/no\/codex"/],
      [["--codex-bin", codex, "--dir", "/no/such"], 2, /"\/no\/such": no such folder/],
      [["--codex-bin", codex, "--agents", "fast,fast"], 2, /"fast" twice/],
      [["--codex-bin", codex, "--agents", "a b"], 2, /Cannot call an agent "a b"/],
      [["--codex-bin", codex, "--agents", "all"], 2, /Cannot call an agent "all"/],
      [["--codex-bin", codex, "--agents", ","], 2, /name some/],
      [["--codex-bin", codex, "--session", "a.b"], 2, /Cannot call a session "a.b"/],
      [["--codex-bin", codex, "--layout", "round"], 2, /--layout/],
      [["--codex-bin", codex, "--colour"], 2, /no option --colour/],
      [["--codex-bin", codex, "now"], 2, /"now" is one word too many/],
    ] as const
  ) {
    const result = await runDash(world, ["up", ...args]);
    assert.equal(result.code, code, args.join(" "));
    assert.match(result.stderr, message);
  }
  await assert.rejects(world.tmux("list-sessions"));
});

Deno.test("a session that could not be completed is stopped again", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "earlier", "cat");
  // The CTRL pane goes as soon as the first agent is there, so the second cannot be started.
  await world.tmux("set-hook", "-g", "after-split-window", "kill-pane -t %1");
  const codex = placeCodex(world);
  const { code, stderr } = await runDash(world, ["up", "--agents", "a,b", "--codex-bin", codex]);
  assert.equal(code, 1);
  assert.match(stderr, /tmux says "can't find pane: %1"/);
  assert.equal(await world.tmux("list-sessions", "-F", "#{session_name}"), "earlier\n");
});

Deno.test("down stops the session and forgets its agents, and may be said twice", async () => {
  await using world = new TestWorld();
  const codex = placeCodex(world);
  await runDash(world, ["up", "--windows", "--agents", "fast", "--codex-bin", codex]);
  await world.tmux("new-session", "-d", "-s", "codexctl-other", "cat");
  const down = await runDash(world, ["down"]);
  assert.deepEqual([down.code, down.stdout], [0, 'Session "codexctl" is stopped\n']);
  assert.equal(await world.tmux("list-sessions", "-F", "#{session_name}"), "codexctl-other\n");
  assert.equal(await shownOptions(world), "\n");
  const again = await runDash(world, ["down"]);
  assert.deepEqual([again.code, again.stdout], [0, 'Session "codexctl" was not up\n']);
  const attach = await runDash(world, ["attach"]);
  assert.equal(attach.code, 1);
  assert.match(attach.stderr, /it is not up; start it with codexdash up/);
});

Deno.test("ids prints what codexctl prints, and as JSON where each agent is", async () => {
  await using world = new TestWorld();
  const codex = placeCodex(world);
  await runDash(world, ["up", "--windows", "--codex-bin", codex, "--dir", world.dir]);
  const { code, stdout } = await runDash(world, ["ids"]);
  assert.equal(code, 0);
  const recording = new URL("../testdata/codex/codexctl-ids.txt", import.meta.url);
  const shell = (await world.tmux("display-message", "-p", "-t", "%0", "#{pane_current_command}"))
    .trim();
  assert.equal(
    stdout.replaceAll(world.dir, "/tmp/demo-repo").replace(` ${shell} `, " bash "),
    Deno.readTextFileSync(recording),
  );
  await startedWith(world, "%4");
  // It has written down how it was started, and becomes cat only then.
  await retryUntil("cat", async () => {
    const words = ["display-message", "-p", "-t", "%4", "#{pane_current_command}"];
    return (await world.tmux(...words)).trim() === "cat";
  }, SLOW_MS);
  const json = await runDash(world, ["ids", "--json"]);
  assert.deepEqual(JSON.parse(json.stdout)[3], {
    ...{ index: 4, agent: "sec", pane_id: "%4", window_name: "sec", session: "codexctl" },
    current_command: "cat",
  });
  const none = await runDash(world, ["ids", "--session", "nobody"]);
  assert.equal(none.code, 1);
  assert.match(none.stderr, /start the agents with codexdash up/);
});

Deno.test("attach opens the session in the terminal that it is called in", async () => {
  await using world = new TestWorld();
  await using outside = new TestWorld();
  await runDash(world, [
    "up",
    "--agents",
    "fast",
    "--codex-bin",
    placeCodex(world),
    "--dir",
    world.dir,
  ]);
  const env = Object.entries(world.env()).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const command = ["env", "-u", "TMUX", ...dashCommand("attach")];
  await outside.tmux("new-session", "-d", "-s", "terminal", ...env, ...command);
  await retryUntil(
    "a client of the session",
    async () => (await world.tmux("list-clients", "-F", "#{session_name}")) === "codexctl\n",
    SLOW_MS,
  );
  await world.tmux("detach-client", "-s", "codexctl");
  await retryUntil(
    "the end of the command",
    async () => await outside.tmux("list-sessions").then(() => false, () => true),
    SLOW_MS,
  );
});
