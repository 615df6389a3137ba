import assert from "node:assert/strict";
import { join } from "node:path";
import { endOf, eventsOf, readEvents, runDash, startDash } from "../support/dash.ts";
import { startDemoAgents } from "../support/demo.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

/** A busy machine: nothing here is about speed. */
const SLOW_MS = 60_000;

Deno.test("send prints the answer on stdout and receipts on stderr, and says how it ended", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast", "deep"]);
  const plain = await runDash(world, ["send", "fast", "--wait", "60", "mock:plain", "hi", "there"]);
  assert.equal(plain.code, 0, plain.stderr);
  assert.match(plain.stdout, /^=== %1 JOB:\S+ ===\n[^]*mock:plain hi there[^]*Worked for/);
  assert.match(plain.stderr, /^fast typed JOB:\S+\nfast submitted JOB:\S+\n$/);

  const quiet = await runDash(world, ["send", "@deep", "--quiet", "--tail", "3", "mock:500"]);
  assert.equal(quiet.code, 1);
  assert.equal(quiet.stdout.split("\n").length, 5);
  assert.equal(
    quiet.stderr,
    "codexdash: deep: We’re currently experiencing high demand, which may cause temporary errors.\n",
  );

  const json = await runDash(world, ["send", "all", "--json", "--wait", "0", "--", "mock:plain"]);
  const lines = json.stderr.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ agent, receipt }) => agent && `${agent} ${receipt}`), [
    ...["fast typed", "fast submitted", "deep typed", "deep submitted"],
    undefined,
  ]);
  assert.deepEqual([lines.at(-1).exit_code, lines.at(-1).jobs.length], [0, 2]);

  await demo.see("fast", /› Ask Codex/);
  await demo.prompt("fast", "mock:escalate=touch x");
  await demo.see("fast", /Would you like to run/);
  const blocked = await runDash(world, ["send", "fast", "mock:plain"]);
  assert.deepEqual([blocked.code, blocked.stdout], [3, ""]);
  assert.match(
    blocked.stderr,
    /^codexdash: Cannot type into "fast" \(%1\): it asks for an approval/,
  );
});

Deno.test("a prompt from stdin, a job id from the environment", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"]);
  const args = ["send", "fast", "--wait", "0", "--", "-"];
  const env = { CODEXDASH_JOB_ID: "nightly-7" };
  const sent = await runDash(world, args, { env, stdin: "mock:plain from\n\tstdin\n\n" });
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(sent.stdout, /^=== %1 JOB:nightly-7 ===/);
  await demo.see("fast", /› \[JOB:nightly-7\] mock:plain from/);
  const [dispatch] = eventsOf(world, "dispatch");
  assert.deepEqual(
    [dispatch?.job_id, dispatch?.prompt_text, dispatch?.args],
    ["nightly-7", "mock:plain from\n\tstdin", args],
  );
  const bad = await runDash(world, ["send", "fast", "x"], { env: { CODEXDASH_JOB_ID: "a]b" } });
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /Cannot use "a\]b" as a job id/);
  const invalid = await runDash(world, args, { stdin: Uint8Array.from([97, 255]) });
  assert.equal(invalid.code, 2);
  assert.match(invalid.stderr, /not UTF-8/);
});

Deno.test("Ctrl-C ends the waiting at once; the turn goes on and the end is recorded", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"], { speed: 1 });
  const child = startDash(world, ["send", "fast", "mock:slow=90"]);
  await retryUntil("its receipt", () => eventsOf(world, "receipt").length === 2, SLOW_MS);
  await demo.see("fast", /slow chunk/);
  child.kill("SIGINT");
  const { code } = await endOf(child);
  assert.equal(code, 130);
  const [done] = eventsOf(world, "dispatch_done");
  assert.equal(done?.exit_code, 130);
  assert.doesNotMatch(await demo.capture("fast"), /Worked for|interrupted/);
});

Deno.test("words that make no sense are exit code 2, who is not there is 1", async () => {
  await using world = new TestWorld();
  for (
    const [args, message] of [
      [["send"], /Cannot send to nobody/],
      [["send", "fast", "--wiat", "5", "x"], /no option --wiat/],
      [["send", "fast", "--wait", "soon", "x"], /"soon" for --wait/],
      [["route", "--wait"], /--wait needs a value/],
      [["ship"], /codexdash ship "<feature>" \[outdir\]/],
      [["ship", "a", "b", "c"], /codexdash ship/],
    ] as const
  ) {
    const { code, stderr } = await runDash(world, [...args]);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1, "one line for a person");
  }
  const { code, stderr } = await runDash(world, ["send", "fast", "x"]);
  assert.equal(code, 1);
  assert.match(stderr, /Cannot find tmux session "codexctl": start the agents with codexdash up/);
  assert.deepEqual(readEvents(world), []);
});

Deno.test("an event file that cannot be written is one warning, and the prompt is delivered", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"]);
  const env = { CODEXDASH_EVENTS: "/dev/full" };
  const { code, stderr } = await runDash(world, ["send", "fast", "mock:plain"], { env });
  assert.equal(code, 0);
  assert.equal(stderr.match(/Cannot write to the event file/g)?.length, 1);
  await demo.see("fast", /\] mock:plain[^]*Worked for/);
});

Deno.test("route says whom it picks and why", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast", "test"]);
  const args = ["route", "--wait", "0", "--", "mock:plain Write unit tests"];
  const { code, stderr } = await runDash(world, args);
  assert.equal(code, 0);
  assert.match(stderr, /^route: test \(the prompt says "unit tests"\)\ntest typed/);
  await demo.see("test", /mock:plain Write unit tests/);
  assert.deepEqual(eventsOf(world, "dispatch")[0]?.targets, ["test"]);
});

Deno.test("ship gives four agents their parts, under one dispatch, and a file for each", async () => {
  await using world = new TestWorld();
  await startDemoAgents(world, ["fast", "deep", "test", "sec"]);
  const outdir = join(world.dir, "out");
  const { code, stdout, stderr } = await runDash(world, ["ship", "mock:plain flag", outdir]);
  assert.equal(code, 0, stderr);
  const dispatches = eventsOf(world, "dispatch");
  assert.deepEqual(dispatches.map(({ agent }) => agent), ["deep", "test", "sec", "fast"]);
  assert.deepEqual(dispatches.map(({ prompt_text }) => prompt_text?.split(" ", 1)[0]), [
    ...["Plan", "Write", "Review", "Implement"],
  ]);
  assert.equal(new Set(dispatches.map(({ dispatch_id }) => dispatch_id)).size, 1);
  assert.equal(eventsOf(world, "dispatch_done").length, 1);
  assert.equal(stdout.trim().split("\n").length, 4);
  assert.equal([...Deno.readDirSync(outdir)].length, 4);

  const missing = await runDash(world, ["ship", "x"], { env: { CODEX_TMUX_SESSION: "none" } });
  assert.equal(missing.code, 1);
});

Deno.test("every command has a help that names its exit codes", async () => {
  await using world = new TestWorld();
  for (const word of ["send", "route", "ship", "up", "down", "attach", "ids"]) {
    const { code, stdout } = await runDash(world, [word, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: codexdash ${word}`));
    assert.match(stdout, /Exit codes:/);
    const long = stdout.split("\n").filter((line) => line.length > 160);
    assert.deepEqual(long, [], word);
  }
});
