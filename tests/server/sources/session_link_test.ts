import assert from "node:assert/strict";
import { join } from "node:path";
import { TestWorld } from "../../support/temp.ts";
import { Watched } from "../../support/watched.ts";

/** How often the session goes and comes back; each time costs half a second. */
const ROUNDS = 50;

/** A program that says one line and stays. */
function says(line: string): string[] {
  return ["sh", "-c", `echo ${line}; exec sleep infinity`];
}

Deno.test("50 deaths, kills and renames lose no line and call nobody missing who is there", async () => {
  await using watched = new Watched();
  const screens = await watched.start();
  const expected: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const line = `round-${round}`;
    await watched.session("fast", ...says(line));
    await watched.until(line, () => watched.lines("fast").includes(line));
    expected.push(line);
    const missing = watched.claims("fast").filter((claim) => claim === "screen missing").length;
    assert.equal(missing, round, `missing before ${line} ended`);
    switch (round % 4) {
      case 0:
        await watched.killServer();
        break;
      case 1:
        await watched.killServer("SIGKILL");
        break;
      case 2:
        // Another session keeps the server alive; each change is one that a new client must survive.
        await watched.tmux("new-session", "-d", "-s", `other${round}`, "--", "sleep", "infinity");
        await watched.tmux("kill-session", "-t", "=codexctl");
        break;
      case 3:
        await watched.tmux("rename-session", "-t", "=codexctl", `old${round}`);
        await watched.tmux("rename-session", "-t", `=old${round}`, `older${round}`);
        break;
    }
    await watched.until(
      `the end of ${line}`,
      () =>
        watched.claims("fast").filter((claim) => claim === "screen missing").length === round + 1,
    );
  }
  assert.deepEqual(watched.lines("fast").filter((line) => line !== ""), expected);
  assert.equal(watched.of("agent_mapped", "fast").length, ROUNDS);
  assert.equal(screens.health().state, "waiting");
});

Deno.test("absence is told only after it is certain that a coming session will be heard", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "away", "--", "sleep", "infinity");
  // The session comes when the first attempt has failed and nobody listens yet.
  const bin = join(world.dir, "bin");
  await Deno.mkdir(bin);
  await Deno.writeTextFile(
    join(bin, "tmux"),
    `#!/bin/sh
case "$*" in *wait-for*) "$REAL_TMUX" -S "$SOCKET" rename-session -t =away codexctl ;; esac
exec "$REAL_TMUX" "$@"
`,
    { mode: 0o755 },
  );
  const module = new URL("../../../server/sources/session_link.ts", import.meta.url).href;
  const script = join(world.dir, "link.ts");
  await Deno.writeTextFile(
    script,
    `import { SessionLink } from ${JSON.stringify(module)};
     const socket = ${JSON.stringify(world.tmux_socket)};
     const link = new SessionLink({
       socket,
       socket_path: socket,
       session: "codexctl",
       on_attached: () => Promise.resolve(console.log("attached")),
       on_detached: () => {},
       on_absent: () => console.log("absent"),
       on_output: () => {},
       on_notification: () => {},
     });
     await link.start();
     await link.stop();`,
  );
  const real = new TextDecoder().decode(
    (await new Deno.Command("sh", { args: ["-c", "command -v tmux"] }).output()).stdout,
  ).trim();
  const env = world.env({ REAL_TMUX: real, SOCKET: world.tmux_socket });
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", script],
    env: { ...env, PATH: `${bin}:${env["PATH"]}` },
    clearEnv: true,
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "attached\n", new TextDecoder().decode(stderr));
});

Deno.test("a client that attaches leaves the session's environment alone", async () => {
  await using watched = new Watched();
  await watched.session("fast");
  await watched.tmux("set-environment", "-t", "=codexctl:", "DISPLAY", ":77");
  await watched.start();
  await watched.untilFound("fast");
  assert.match(await watched.tmux("show-environment", "-t", "=codexctl:"), /^DISPLAY=:77$/m);
});
