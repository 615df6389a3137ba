import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readRunFile } from "../../server/run_file.ts";
import { runCommand, RunningCommand } from "../support/command.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

async function started(serve: RunningCommand): Promise<string> {
  await serve.until("the server started", () => serve.lines.length > 0);
  const [, url] = /^CodexDash is at (http:\/\/\S+)$/.exec(serve.lines[0] ?? "") ?? [];
  assert.ok(url, serve.stdout);
  return url;
}

Deno.test("serve starts with no tmux, no Codex and no codexctl, and says what to do", async () => {
  await using world = new TestWorld();
  await using serve = new RunningCommand(world, ["serve", "--port", "0"], {
    PATH: join(world.dir, "nothing"),
  });
  const url = await started(serve);
  const health = await (await fetch(`${url}/api/health`)).json();
  assert.equal(health.ok, true);
  await serve.until("the next steps", () => serve.stdout.includes("codexdash demo"));
  assert.match(serve.stdout, /There is no tmux here/);
  assert.equal(readRunFile(world.data_dir)?.url, url);
  assert.equal(readRunFile(world.data_dir)?.pid, serve.pid);
  assert.equal((await Deno.stat(join(world.data_dir, "server.json"))).mode! & 0o777, 0o600);

  serve.kill("SIGTERM");
  assert.equal(await serve.end(), 0, serve.stderr);
  assert.ok(!existsSync(join(world.data_dir, "server.json")));
});

Deno.test("serve says how to start agents where there are none, and nothing where there are", async () => {
  await using world = new TestWorld();
  {
    await using serve = new RunningCommand(world, ["serve"], { PATH: "/usr/bin:/bin" });
    await started(serve);
    await serve.until("the next steps", () => serve.stdout.includes("codexdash demo"));
    assert.match(serve.stdout, /No agents run yet/);
    assert.match(serve.stdout, /npm install -g @openai\/codex/);
    assert.match(serve.stdout, /codexdash up/);
    serve.kill("SIGINT");
    assert.equal(await serve.end(), 0);
  }
  await world.tmux("new-session", "-d", "-s", "codexctl", "-n", "fast", "sleep 600");
  await using serve = new RunningCommand(world, ["serve"]);
  await started(serve);
  serve.kill("SIGINT");
  assert.equal(await serve.end(), 0);
  assert.equal(serve.lines.length, 1, serve.stdout);
});

Deno.test("a folder is served once", async () => {
  await using world = new TestWorld();
  await using serve = new RunningCommand(world, ["serve"]);
  const url = await started(serve);
  const second = await runCommand(world, ["serve"]);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /^codexdash: Cannot serve ".*" twice: http.* does already/);
  assert.ok(second.stderr.includes(url) && second.stderr.includes(String(serve.pid)));

  const rebuild = await runCommand(world, ["rebuild"]);
  assert.equal(rebuild.code, 1);
  assert.match(rebuild.stderr, /Cannot rebuild while the server runs: stop it first \(kill \d+\)/);

  // A crash leaves the run file: nobody is turned away by it.
  serve.kill("SIGKILL");
  await serve.end();
  await using third = new RunningCommand(world, ["serve"]);
  await started(third);
});

Deno.test("a taken port is one line and exit code 1", async () => {
  await using world = new TestWorld();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stdout, stderr } = await runCommand(world, [
    "serve",
    "--port",
    String(listener.addr.port),
  ]);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /^codexdash: Cannot listen on 127\.0\.0\.1:\d+: .*; use another --port\n$/);
});

Deno.test("an address that others reach comes with a warning", async () => {
  await using world = new TestWorld();
  await using serve = new RunningCommand(world, ["serve", "--host", "0.0.0.0"]);
  const url = await started(serve);
  assert.match(url, /^http:\/\/127\.0\.0\.1:/);
  await serve.until("the warning", () => serve.stderr.includes("there is no login yet"));
  serve.kill();
  assert.equal(await serve.end(), 0);
});

Deno.test("a second signal ends a server that still waits for a request", async () => {
  await using world = new TestWorld();
  // Requests have 2 s to end: on a busy machine the second signal may come later than that.
  await retryUntil("an end by the second signal", async () => await endTwice(world) === 143);
});

/** The exit code of a server that is told to stop twice while a request is being read. */
async function endTwice(world: TestWorld): Promise<number> {
  await using serve = new RunningCommand(world, ["serve"]);
  const { hostname, port } = new URL(await started(serve));
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `POST /api/dispatch HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n` +
    "content-type: application/json\r\nexpect: 100-continue\r\n\r\n";
  await connection.write(new TextEncoder().encode(head));
  assert.ok(await connection.read(new Uint8Array(100)), "the request is being read");
  serve.kill("SIGTERM");
  await serve.until("it stops", () => serve.stderr.includes("stopping"));
  serve.kill("SIGTERM");
  return await serve.end();
}
