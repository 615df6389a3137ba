import assert from "node:assert/strict";
import { join } from "node:path";
import { writeRunFile } from "../../server/run_file.ts";
import { Writer } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";
import type { EventPayload } from "../../server/wire.ts";
import { jobEvents, TestApp } from "../support/app.ts";
import { runCommand } from "../support/command.ts";
import { retryUntil } from "../support/retry.ts";
import { readRollout, rolloutLines } from "../support/rollouts.ts";
import { TestWorld } from "../support/temp.ts";

const MAIN = join(import.meta.dirname ?? ".", "..", "..", "main.ts");
const DOWN =
  /^codexdash: the server does not run; what it knew at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m;

/** What a server left behind. */
function writeDatabase(world: TestWorld, ...events: EventPayload[]): void {
  using store = openStore(world.db);
  new Writer(store).commit({
    source: "screens",
    cursor: null,
    events: events.map((payload) => ({
      payload,
      payload_text: JSON.stringify(payload),
      offset: null,
    })),
  });
}

/** A server on a port of its own whose run file is in the world's data folder. */
function serve(world: TestWorld): TestApp {
  const test = new TestApp();
  writeRunFile(world.data_dir, { pid: Deno.pid, url: test.serve(), started_ts: 1 });
  return test;
}

Deno.test("without a server the database is read, and that is said", async () => {
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("j1"));
  const before = await Deno.stat(world.db);

  const status = await runCommand(world, ["status"]);
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stderr, DOWN);
  assert.match(status.stdout, /^AGENT +STATUS +SINCE +SAID BY +PANE +MODEL +JOB +DETAIL$/m);
  assert.match(status.stdout, /^fast +idle +\d+d .*ago +title +%1 +gpt-5 +j1 +-$/m);

  const jobs = await runCommand(world, ["jobs", "--status", "done", "--agent", "fast"]);
  assert.equal(jobs.code, 0, jobs.stderr);
  assert.match(jobs.stdout, /^j1 +fast +done .* say hello$/m);

  const job = await runCommand(world, ["job", "j1"]);
  assert.equal(job.code, 0, job.stderr);
  assert.match(job.stdout, /^Status +done, says title$/m);
  assert.match(job.stdout, /^Prompt\nsay hello\n\nTranscript\nhello\nsent$/m);

  assert.equal((await Deno.stat(world.db)).size, before.size);
});

Deno.test("an estimate is shown as one, exact figures as they are", async () => {
  await using world = new TestWorld();
  const estimate: EventPayload = {
    type: "token_estimate",
    ts: 2_000,
    job_id: "j1",
    prompt_tokens_est: 3,
    completion_tokens_est: 4,
    total_tokens_est: 7,
    method: "tiktoken",
  };
  const events = readRollout(rolloutLines("rollout-simple"), "rollout-simple");
  writeDatabase(world, ...jobEvents("j1"), estimate, ...events);
  const jobs = await runCommand(world, ["jobs"]);
  assert.match(jobs.stdout, /^j1 .* ≈ 7 est\. +say hello$/m);
  assert.match(jobs.stdout, / 1285 +mock:/);
  const job = await runCommand(world, ["job", "j1"]);
  assert.match(job.stdout, /^Tokens +≈ 7 est\.$/m);
});

Deno.test("a running server is found on its own port and asked", async () => {
  await using world = new TestWorld();
  writeDatabase(world);
  await using test = serve(world);
  test.commit(...jobEvents("j2"));
  for (const [word, ...args] of [["status"], ["jobs"], ["job", "j2"]] as const) {
    const { code, stdout, stderr } = await runCommand(world, [word, ...args, "--json"]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    const path = { status: "/api/agents", jobs: "/api/jobs", job: "/api/jobs/j2" }[word];
    assert.deepEqual(JSON.parse(stdout), await (await test.get(path)).json());
  }
});

Deno.test("a proxy is not asked for this machine's own server", async () => {
  await using world = new TestWorld();
  await using test = serve(world);
  test.commit(...jobEvents("j2"));
  const proxy = { HTTP_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1" };
  const { code, stdout, stderr } = await runCommand(world, ["jobs"], proxy);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^j2 /m);
});

Deno.test("another server on the port of one that crashed is not taken for it", async () => {
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("ours"));
  await using other = new TestApp();
  other.commit(...jobEvents("theirs"));
  writeRunFile(world.data_dir, { pid: 1, url: other.serve(), started_ts: 2 });
  const { stdout, stderr } = await runCommand(world, ["jobs"]);
  assert.match(stderr, DOWN);
  assert.match(stdout, /^ours /m);
  assert.ok(!stdout.includes("theirs"));
});

Deno.test("what is not there is one line and exit code 1, wrong usage is 2", async () => {
  await using world = new TestWorld();
  const nothing = await runCommand(world, ["status"]);
  assert.equal(nothing.code, 1);
  assert.match(
    nothing.stderr,
    /^codexdash: Cannot read ".*": there is no database yet; .*serve\n$/,
  );

  writeDatabase(world, ...jobEvents("j1"));
  const unknown = await runCommand(world, ["job", "j9"]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /^codexdash: Cannot find job "j9": codexdash jobs lists them$/m);

  for (
    const args of [["jobs", "--limit", "x"], ["jobs", "--status", "x"], ["job"], ["status", "x"]]
  ) {
    const { code, stdout, stderr } = await runCommand(world, args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(stdout, "");
    assert.match(stderr, /^codexdash: Cannot .*\n$/);
  }
  const help = await runCommand(world, ["jobs", "--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Exit codes: 0/);
});

Deno.test("on a terminal a table has its width and its colours, without with NO_COLOR", async () => {
  await using world = new TestWorld();
  const [mapped, dispatch] = jobEvents("j1");
  const prompt_text = "日本語 ".repeat(40);
  writeDatabase(world, mapped!, { ...dispatch, prompt_text } as EventPayload);
  const show = async (name: string, env: Record<string, string>) => {
    const variables = Object.entries(world.env(env)).map(([key, value]) => `${key}='${value}'`);
    const run = `${Deno.execPath()} run -A --no-check ${MAIN} jobs`;
    const command = `env -i ${variables.join(" ")} ${run}; echo THE END; exec sleep 600`;
    await world.tmux("new-session", "-d", "-s", name, "-x", "70", "-y", "12", command);
    return await retryUntil("the table", async () => {
      const screen = await world.tmux("capture-pane", "-p", "-e", "-t", `=${name}:`);
      return screen.includes("THE END") && screen;
    }, 60_000);
  };
  const coloured = await show("coloured", {});
  const plain = await show("plain", { NO_COLOR: "1" });
  assert.ok(coloured.includes("\x1b[1mJOB"), coloured);
  assert.ok(!plain.includes("\x1b"), plain);
  const [job = ""] = plain.split("\n").filter((line) => line.startsWith("j1 "));
  assert.match(job, /^j1 .* 日本.*…$/);
});
