/** `codexdash demo` as a visitor runs it: our own program as a child, seen from a browser's side. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { LiveClient } from "../support/live_client.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

const MAIN = join(import.meta.dirname ?? ".", "../../main.ts");
const SLOW_MS = 120_000;

/** A demo as a child; everything that it makes is below `tmp`. */
class Demo implements AsyncDisposable {
  readonly tmp: string;
  readonly child: Deno.ChildProcess;
  output = "";
  #reading: Promise<void>[];

  constructor(world: TestWorld, args: readonly string[]) {
    this.tmp = join(world.dir, "tmp");
    Deno.mkdirSync(this.tmp, { recursive: true });
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "demo", ...args],
      // A user's own settings, which a demo must neither use nor touch.
      env: world.env({
        TMPDIR: this.tmp,
        CODEXDASH_EVENTS: world.events,
        CODEXDASH_JOB_ID: "mine",
      }),
      clearEnv: true,
      cwd: world.dir,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = [this.#read(this.child.stdout), this.#read(this.child.stderr)];
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) this.output += decoder.decode(bytes, { stream: true });
  }

  async url(): Promise<string> {
    return await retryUntil(
      "the demo's address",
      () => /^CodexDash is at (http:\S+)$/m.exec(this.output)?.[1],
      SLOW_MS,
    )
      .catch((error) => {
        throw new Error(`${error.message}; it said\n${this.output}`);
      });
  }

  /** Its exit code, once all of its output was read. */
  async end(): Promise<number> {
    const late = setTimeout(() => this.child.kill("SIGTERM"), SLOW_MS);
    const { code } = await this.child.status;
    clearTimeout(late);
    await Promise.all(this.#reading);
    return code;
  }

  /** A test that failed leaves no demo running. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.child.kill("SIGTERM");
    } catch {
      // It has ended.
    }
    await this.end();
  }

  /** Folders and processes of it that still exist. */
  async leftovers(): Promise<string[]> {
    const { stdout } = await new Deno.Command("ps", { args: ["-eo", "args"] }).output();
    const processes = new TextDecoder().decode(stdout).split("\n")
      .filter((line) => line.includes(this.tmp));
    const folders = [...Deno.readDirSync(this.tmp)].map(({ name }) => name);
    return [...folders.filter((name) => name.startsWith("codexdash-demo-")), ...processes];
  }
}

Deno.test("a demo plays its script through the real tower and leaves nothing behind", async () => {
  await using world = new TestWorld();
  await using demo = new Demo(world, ["--once", "--speed", "5"]);
  await using client = await LiveClient.connect(await demo.url());
  const folder = (await demo.leftovers())[0] ?? "";
  assert.equal((await Deno.stat(join(demo.tmp, folder))).mode! & 0o777, 0o700);

  await client.until("the end of all jobs", () => {
    const ended = [...client.jobs.values()].filter(({ status }) => status !== "running");
    return client.jobs.size === 10 &&
      ended.filter(({ status }) => status === "done" || status === "error").length === 10;
  }, SLOW_MS);
  assert.deepEqual(client.faults, []);
  const jobs = [...client.jobs.values()];
  const failed = jobs.filter(({ status }) => status === "error");
  assert.deepEqual(failed.map(({ prompt_text }) => prompt_text?.slice(0, 8)), ["mock:500"]);
  assert.deepEqual([...client.agents.keys()].sort(), ["deep", "fast", "sec", "test"]);
  assert.ok(client.agentStatuses("sec").includes("approval"));
  assert.ok(client.agentStatuses("fast").includes("working"));

  assert.equal(await demo.end(), 0, demo.output);
  await retryUntil("the end of everything", async () => (await demo.leftovers()).length === 0);
  assert.match(demo.output, /\? sec asks for an approval[^]*✓ sec was allowed to go on/);
  // Nothing reached the user's own event file.
  await assert.rejects(Deno.stat(world.events), Deno.errors.NotFound);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`a demo without prompts waits for ${signal} and then ends clean`, async () => {
    await using world = new TestWorld();
    await using demo = new Demo(world, ["--no-prompts", "--agents", "one,two"]);
    await using client = await LiveClient.connect(await demo.url());
    await client.until(
      "two idle agents",
      () => ["one", "two"].every((name) => client.agents.get(name)?.status === "idle"),
      SLOW_MS,
    );
    assert.equal(client.jobs.size, 0);
    demo.child.kill(signal);
    assert.equal(await demo.end(), 0, demo.output);
    await retryUntil("the end of everything", async () => (await demo.leftovers()).length === 0);
  });
}

Deno.test("a demo that is to be kept leaves its folder, and says where", async () => {
  await using world = new TestWorld();
  await using demo = new Demo(world, ["--no-prompts", "--agents", "one", "--keep"]);
  await demo.url();
  demo.child.kill("SIGTERM");
  assert.equal(await demo.end(), 0, demo.output);
  const folder = /^The demo's folder is (.*)$/m.exec(demo.output)?.[1] ?? "";
  await Deno.stat(join(folder, "data", "codexdash.db"));
  await retryUntil("the end of its processes", async () => (await demo.leftovers()).length === 1);
});

Deno.test("a demo that cannot start says why and leaves nothing behind", async () => {
  await using world = new TestWorld();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await using demo = new Demo(world, ["--port", `${port}`, "--agents", "one"]);
  assert.equal(await demo.end(), 1, demo.output);
  assert.match(demo.output, new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${port}`));
  await retryUntil("the end of everything", async () => (await demo.leftovers()).length === 0);
});

Deno.test("words that make no sense are refused before anything starts", async () => {
  await using world = new TestWorld();
  for (
    const args of [["--agents", "a b"], ["--agents", "all"], ["--speed", "x"], ["--speed", "0"], [
      "--seed",
      "-",
    ]]
  ) {
    await using demo = new Demo(world, args);
    assert.equal(await demo.end(), 2, demo.output);
    assert.match(demo.output, /^codexdash: Cannot /);
    assert.deepEqual(await demo.leftovers(), []);
  }
});
