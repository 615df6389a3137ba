import assert from "node:assert/strict";
import { join } from "node:path";
import { tmux } from "../../../server/tmux/command.ts";
import { ControlClient } from "../../../server/tmux/control.ts";
import { retryUntil } from "../../support/retry.ts";
import { TestWorld } from "../../support/temp.ts";

/** Seconds that a busy machine may take. */
const SLOW_MS = 60_000;
const ATTACH = ["attach-session", "-f", "read-only,ignore-size", "-t", "=s"];

async function startSession(world: TestWorld, ...program: string[]): Promise<void> {
  const words = program.length > 0 ? program : ["sleep", "infinity"];
  await world.tmux("new-session", "-d", "-s", "s", "-x", "80", "-y", "24", "--", ...words);
}

async function clients(world: TestWorld): Promise<string[]> {
  const rows = await world.tmux("list-clients", "-F", "#{client_pid}");
  return rows.split("\n").filter((row) => row !== "");
}

Deno.test("replies come in the order of the commands, an error shifts none of them", async () => {
  await using world = new TestWorld();
  await startSession(world);
  const client = new ControlClient({ socket: world.tmux_socket, words: ATTACH });
  assert.equal(await client.ready, true);
  const replies = await Promise.all([
    client.ask(["display-message", "-p", "one"], ["no-such-command"], [
      "display-message",
      "-p",
      "2",
    ]),
    client.ask(["capture-pane", "-p", "-t", "%99"], ["display-message", "-p", "three\n4"]),
  ]);
  assert.deepEqual(replies.flat(), [
    { ok: true, rows: ["one"] },
    { ok: false, error: "parse error: unknown command: no-such-command" },
    { ok: true, rows: ["2"] },
    { ok: false, error: "can't find pane: %99" },
    { ok: true, rows: ["three", "4"] },
  ]);
  assert.deepEqual(await client.command("display-message", "-p", "#{session_name}"), ["s"]);
  await assert.rejects(client.command("capture-pane", "-p", "-t", "%99"), {
    name: "CodexdashError",
    message: "Cannot run tmux capture-pane: can't find pane: %99",
  });
  await client.close();
  await client.close();
  assert.deepEqual(await client.ask(["list-panes"]), [
    { ok: false, error: "the tmux client has ended" },
  ]);
  assert.deepEqual(await clients(world), []);
});

Deno.test("no word can end its command or begin another one", async () => {
  await using world = new TestWorld();
  await startSession(world);
  // Not read-only, so that a word that got out would do its harm.
  const words = ["attach-session", "-f", "ignore-size", "-t", "=s"];
  const client = new ControlClient({ socket: world.tmux_socket, words });
  const nasty = [
    "a\nkill-server\n",
    'a" ; kill-server ; display "',
    "a' ; kill-server #",
    "} ; kill-server",
    "\n",
    "~/x $HOME \\",
    "#{pane_id} 日本 ␞",
    "\x03\x04\x1b\x7f",
  ];
  for (const word of nasty) {
    await client.command("set-option", "-g", "@word", word);
    const rows = await client.command("show-options", "-gv", "@word");
    assert.equal(rows.join("\n"), word);
  }
  await client.close();
});

Deno.test("output is heard in full, characters cut or not", async () => {
  await using world = new TestWorld();
  await startSession(world, "cat");
  const heard: Uint8Array[] = [];
  const client = new ControlClient({
    socket: world.tmux_socket,
    words: ATTACH,
    on_output: (pane_id, escaped) => pane_id === "%0" && heard.push(escaped.slice()),
  });
  await client.ready;
  const text = "⠹ täxt \\ 日本 ".repeat(20);
  await world.tmux("send-keys", "-t", "%0", "-l", text);
  await world.tmux("send-keys", "-t", "%0", "Enter");
  await retryUntil("the echo", () => {
    const all = new TextDecoder().decode(Uint8Array.from(heard.flatMap((bytes) => [...bytes])));
    return all.replaceAll("\\134", "\\").replace(/\\\d{3}/g, "").includes(text);
  }, SLOW_MS);
  await client.close();
});

Deno.test("a client neither starts a server nor finds a session by half its name", async () => {
  await using world = new TestWorld();
  const lonely = new ControlClient({ socket: world.tmux_socket, words: ATTACH });
  assert.equal(await lonely.ready, false);
  assert.match(await lonely.ended, /^error connecting/);
  await assert.rejects(Deno.stat(world.tmux_socket), Deno.errors.NotFound);
  await world.tmux("new-session", "-d", "-s", "session", "--", "sleep", "infinity");
  const half = new ControlClient({ socket: world.tmux_socket, words: ATTACH });
  assert.equal(await half.ready, false);
  assert.equal(await half.ended, "");
  await Promise.all([lonely.close(), half.close()]);
});

Deno.test("the client ends when tmux does", async () => {
  await using world = new TestWorld();
  await startSession(world);
  const client = new ControlClient({ socket: world.tmux_socket, words: ATTACH });
  await client.ready;
  await world.tmux("kill-server");
  await client.ended;
  await client.close();
});

Deno.test("killed without warning amid output, we leave no client behind", async () => {
  await using world = new TestWorld();
  await startSession(world, "sh", "-c", "while :; do seq 1 1000; done");
  const module = new URL("../../../server/tmux/control.ts", import.meta.url).href;
  const script = join(world.dir, "watch.ts");
  const options = { socket: world.tmux_socket, words: ATTACH };
  await Deno.writeTextFile(
    script,
    `import { ControlClient } from ${JSON.stringify(module)};
     const client = new ControlClient(${JSON.stringify(options)});
     await client.ready;
     console.log("ready");
     await client.ended;`,
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", script],
    env: world.env(),
    clearEnv: true,
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  assert.equal((await clients(world)).length, 1);
  // Stopped, it reads nothing: tmux has more to write than the pipe takes.
  child.kill("SIGSTOP");
  // tmux does not say how much that is; half a second is a hundred times what fills a pipe.
  await new Promise((done) => setTimeout(done, 500));
  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();
  await retryUntil("no client", async () => (await clients(world)).length === 0, SLOW_MS);
  // A client that could not be told to leave would keep the server from ending (tmux/tmux#5444).
  await world.tmux("kill-server");
  await retryUntil("the server's end", async () => {
    const { ok, stderr } = await tmux(world.tmux_socket, ["list-sessions"]);
    return !ok && /no server running|error connecting/.test(stderr);
  }, SLOW_MS);
});
