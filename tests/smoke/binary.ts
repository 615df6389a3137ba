/**
 * `deno task smoke <binary>`: the compiled program alone, as on a machine that has nothing of ours: no
 * source, no Deno, an empty HOME. The agents are the binary's own demo agents.
 */
import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import manifest from "../../deno.json" with { type: "json" };
import type { DoctorReport } from "../../server/wire.ts";
import { jobEvents } from "../support/app.ts";
import { LiveClient } from "../support/live_client.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

const SLOW_MS = 60_000;

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A world in which the binary plays Codex, too. */
class Smoke extends TestWorld {
  readonly binary = resolve(Deno.args.at(-1) ?? "dist/codexdash");

  override env(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: "/usr/bin:/bin",
      HOME: this.home,
      TERM: "xterm-256color",
      CODEXDASH_TMUX_SOCKET: this.tmux_socket,
      CODEXDASH_PORT: "0",
      CODEXCTL_CODEX_BIN: this.binary,
      CODEX_ARGS: "demo-agent --speed 5",
      ...more,
    };
  }

  /** Where the program keeps its files when no one says otherwise. */
  path(name: string): string {
    return join(this.home, ".codexdash", name);
  }

  async run(...args: string[]): Promise<Ran> {
    const { code, stdout, stderr } = await this.#command(args, "piped").output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** A server that runs until it is told to stop. */
  async serve(): Promise<{ child: Deno.ChildProcess; url: string }> {
    const child = this.#command(["serve", "--log", "warn"], "inherit").spawn();
    const run_file = await retryUntil("a server", async () => {
      return JSON.parse(await Deno.readTextFile(this.path("server.json")));
    }, SLOW_MS);
    return { child, url: run_file.url };
  }

  #command(args: string[], output: "piped" | "inherit"): Deno.Command {
    return new Deno.Command(this.binary, {
      args,
      env: this.env(),
      clearEnv: true,
      cwd: this.dir,
      stdin: "null",
      stdout: output,
      stderr: output,
    });
  }
}

Deno.test("the binary knows its version and its commands", async () => {
  await using smoke = new Smoke();
  const version = await smoke.run("version");
  assert.deepEqual(version, { code: 0, stdout: `codexdash ${manifest.version}\n`, stderr: "" });
  const help = await smoke.run("--help");
  assert.equal(help.code, 0);
  assert.match(help.stdout, /codexdash serve/);
});

Deno.test("the binary serves its page with every file in it, and stops when told to", async () => {
  await using smoke = new Smoke();
  const { child, url } = await smoke.serve();
  try {
    const health = await (await fetch(`${url}/api/health`)).json();
    assert.equal(health.ok, true);
    const page = await (await fetch(url)).text();
    const files = [...page.matchAll(/\b(?:src|href)="(\/static\/[^"]+)"/g)].map(([, path]) => path);
    assert.ok(files.some((path) => path?.includes(".js")), `no script in ${page}`);
    assert.ok(files.some((path) => path?.includes(".css")), `no style sheet in ${page}`);
    for (const path of files) {
      const response = await fetch(new URL(path ?? "", url));
      assert.equal(response.status, 200, path);
      assert.ok((await response.arrayBuffer()).byteLength > 0, path);
    }
    const api = await (await fetch(`${url}/api/openapi.json`)).json();
    assert.ok("/api/agents" in api.paths);
    await using client = await LiveClient.connect(url);
    assert.equal(client.messages[0]?.type, "hello");
  } finally {
    child.kill("SIGTERM");
  }
  assert.equal((await child.status).code, 0);
  await assert.rejects(Deno.stat(smoke.path("server.json")), Deno.errors.NotFound);
});

Deno.test("the binary starts agents and sends to them while the server is down", async () => {
  await using smoke = new Smoke();
  const up = await smoke.run("up", "--windows", "--noattach", "--agents", "fast");
  assert.equal(up.code, 0, up.stderr);
  await retryUntil("a composer", async () => {
    return (await smoke.tmux("capture-pane", "-p", "-t", "codexctl:fast")).includes("› Ask Codex");
  }, SLOW_MS);
  const sent = await smoke.run("send", "fast", "--wait", "60", "--", "mock:plain say hello");
  assert.equal(sent.code, 0, sent.stderr);
  const events = (await Deno.readTextFile(smoke.path("events.ndjson"))).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
  const [dispatch] = events;
  assert.equal(dispatch.type, "dispatch");
  assert.equal(events.at(-1).type, "dispatch_done");

  const { child, url } = await smoke.serve();
  try {
    await using client = await LiveClient.connect(url);
    await client.until("the job done", () => client.jobs.get(dispatch.job_id)?.status === "done");
    await client.until("the agent", () => client.agents.get("fast")?.status === "idle");
    assert.deepEqual(client.faults, []);
  } finally {
    child.kill("SIGTERM");
  }
  assert.equal((await child.status).code, 0);
  assert.equal((await smoke.run("down")).code, 0);
});

Deno.test("the binary has its tokenizer in it: a job without exact figures is estimated", async () => {
  await using smoke = new Smoke();
  Deno.mkdirSync(dirname(smoke.path("events.ndjson")), { recursive: true });
  const lines = jobEvents("j1", Date.now()).map((event) => `${JSON.stringify(event)}\n`);
  await Deno.writeTextFile(smoke.path("events.ndjson"), lines.join(""));
  const { child, url } = await smoke.serve();
  try {
    const job = await retryUntil("an estimate", async () => {
      const { job } = await (await fetch(`${url}/api/jobs/j1`)).json();
      return job?.total_tokens_est && job;
    }, SLOW_MS);
    assert.equal(job.estimate_method, "tiktoken");
  } finally {
    child.kill("SIGTERM");
  }
  assert.equal((await child.status).code, 0);
});

Deno.test("the binary's doctor reports", async () => {
  await using smoke = new Smoke();
  const { stdout, stderr } = await smoke.run("doctor", "--json");
  const report: DoctorReport = JSON.parse(stdout || stderr);
  assert.ok(report.findings.some(({ id }) => id.startsWith("tmux")));
});

Deno.test("the binary shows itself with agents that need no Codex, and leaves nothing behind", async () => {
  await using smoke = new Smoke();
  const demo = await smoke.run("demo", "--once", "--speed", "20", "--agents", "fast,deep");
  assert.equal(demo.code, 0, demo.stderr);
  assert.match(demo.stdout, /http:\/\/127\.0\.0\.1:\d+/);
  assert.deepEqual([...Deno.readDirSync(smoke.home)], [], "the demo keeps to its own folder");
});
