import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../../server/config.ts";
import {
  dispatch,
  type DispatchContext,
  type DispatchOptions,
  type ReceiptNotice,
} from "../../../server/dispatch/dispatch.ts";
import { CodexdashError, type ErrorCode } from "../../../server/error.ts";
import { eventsOf, readEvents, STAND_IN } from "../../support/dash.ts";
import { type DemoAgents, startDemoAgents } from "../../support/demo.ts";
import { retryUntil } from "../../support/retry.ts";
import { TestWorld } from "../../support/temp.ts";

/** A busy machine: nothing here is about speed. */
const SLOW_MS = 60_000;

interface Sent {
  exit_code: number;
  ends: { exit_code: number; detail: string | null }[];
  jobs: { job_id: string; agent: string | null }[];
  receipts: string[];
  stdout: string;
  stderr: string;
}

/** Sends as the command line does, and waits for the end of it. */
async function send(
  world: TestWorld,
  request: Partial<DispatchOptions>,
  context: Partial<DispatchContext> = {},
): Promise<Sent> {
  const receipts: ReceiptNotice[] = [];
  const printed = { stdout: "", stderr: "" };
  const decoder = new TextDecoder();
  const { done, jobs } = await dispatch({ targets: ["fast"], prompt: "mock:plain", ...request }, {
    config: loadConfig({ wait: "60" }, world.env()),
    origin: "cli",
    output: {
      stdout: (bytes) => Promise.resolve(void (printed.stdout += decoder.decode(bytes))),
      stderr: (bytes) => Promise.resolve(void (printed.stderr += decoder.decode(bytes))),
    },
    onReceipt: (notice) => receipts.push(notice),
    onWarning: (message) => assert.fail(message),
    ...context,
  });
  const { exit_code, jobs: ends } = await done;
  return {
    ...{ exit_code, ends, jobs, ...printed },
    receipts: receipts.map(({ agent, receipt }) => `${agent} ${receipt}`),
  };
}

async function refused(sending: Promise<unknown>, code: ErrorCode): Promise<string> {
  const error = await sending.then(() => undefined, (error) => error);
  assert.ok(error instanceof CodexdashError, `it was not refused: ${error}`);
  assert.equal(error.code, code);
  return error.message;
}

/** The texts that reached Codex as prompts, from every rollout. */
function userMessages(demo: DemoAgents): string[] {
  return demo.rollouts().flatMap((path) => Deno.readTextFileSync(path).split("\n").slice(0, -1))
    .map((line) => JSON.parse(line).payload)
    .filter((payload) => payload.item?.type === "UserMessage")
    .map((payload) => payload.item.content[0].text);
}

/** Puts an agent in front of the dialog that a prompt brings up. */
async function provoke(
  demo: DemoAgents,
  { prompt, screen, agent = "fast" }: { prompt: string; screen: RegExp; agent?: string },
): Promise<void> {
  await demo.prompt(agent, prompt);
  await demo.see(agent, screen);
}

const APPROVAL = { prompt: "mock:escalate=touch x", screen: /Would you like to run/ };

Deno.test("a prompt is recorded, typed, submitted, waited for and answered", async () => {
  await using world = new TestWorld();
  await startDemoAgents(world, ["fast", "deep"]);
  const sent = await send(world, {
    targets: ["@1"],
    prompt: "mock:plain say hello",
    args: ["send"],
  });
  assert.equal(sent.exit_code, 0);
  assert.deepEqual(sent.receipts, ["fast typed", "fast submitted"]);
  const job_id = sent.jobs[0]?.job_id;
  assert.ok(sent.stdout.startsWith(`=== %1 JOB:${job_id} ===\n`));
  assert.match(sent.stdout, /Worked for .*[^]*› Ask Codex/);
  const events = readEvents(world);
  assert.deepEqual(
    events.map(({ type }) => type).filter((type) => type !== "controller_output"),
    ["dispatch", "receipt", "receipt", "dispatch_done"],
  );
  for (const event of events) assert.deepEqual([event.job_id, event.agent], [job_id, "fast"]);
  const answer = eventsOf(world, "controller_output").map(({ text }) => text);
  assert.match(answer[0]!, /^=== %1/);
  assert.ok(answer[1]!.startsWith(`› [JOB:${job_id}] mock:plain say hello`));
  assert.match(answer.at(-1)!, /Worked for/, "composer and footer are no part of the answer");
});

Deno.test("what is typed reaches Codex byte for byte", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"], { speed: 1 });
  const prompts = [
    "mock:plain one\n\n- dash\n--flag\n\ttab\tand  spaces \n  “quotes” 'a' \"b\" `c` $(d) \\ ; #{x} é 😀👩‍💻",
    "mock:plain " + "0123456789 line of text\n".repeat(4_200).trimEnd(),
    "-v is broken; mock:plain",
    "@deep mock:plain",
  ];
  for (const prompt of prompts) {
    const { exit_code, jobs, ends } = await send(world, { prompt });
    assert.equal(exit_code, 0, ends[0]?.detail ?? "");
    assert.equal(userMessages(demo).at(-1), `[JOB:${jobs[0]!.job_id}] ${prompt}`);
  }
  const { receipts } = await send(world, { prompt: "mock:plain without", nojob: true });
  assert.deepEqual(receipts, ["fast typed", "fast submitted"]);
  assert.equal(userMessages(demo).at(-1), "mock:plain without");
  assert.equal(userMessages(demo).length, 5);
});

Deno.test("nothing is typed into an approval: the command does not run", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast", "deep"]);
  await provoke(demo, APPROVAL);
  // The bullet of a command under way blinks.
  const shown = async () => (await demo.capture("fast")).replace(/^◦/gm, "•");
  const before = await shown();
  const message = await refused(send(world, { prompt: "mock:plain 1 2 3 y" }), "refused");
  assert.match(message, /"fast" \(%1\): it asks for an approval, .*touch x/);
  assert.deepEqual(readEvents(world), [], "what was refused as a whole is no job");
  assert.equal(await shown(), before);
  assert.equal(userMessages(demo).length, 1);

  const both = await send(world, { targets: ["all"], prompt: "mock:plain both" });
  assert.equal(both.exit_code, 3);
  assert.deepEqual(both.ends.map(({ exit_code }) => exit_code), [3, 0]);
  assert.match(both.ends[0]?.detail ?? "", /asks for an approval/);
  assert.match(both.stderr, /asks for an approval/);
  assert.equal(await shown(), before);
  const [done] = eventsOf(world, "dispatch_done");
  assert.deepEqual(done?.jobs?.map(({ exit_code }) => exit_code), [3, 0]);
});

Deno.test("nothing is typed into a question or a usage limit's offer", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast", "deep"]);
  await demo.press("fast", "BTab");
  await demo.see("fast", /for Plan mode/);
  await provoke(demo, { prompt: "mock:ask", screen: /Question 1\/1/ });
  assert.match(await refused(send(world, {}), "refused"), /asks a question/);
  await provoke(demo, {
    ...{ agent: "deep", prompt: "mock:usagelimit", screen: /Approaching rate limits/ },
  });
  assert.match(await refused(send(world, { targets: ["deep"] }), "refused"), /usage limit/);
  assert.equal(userMessages(demo).length, 2);
});

Deno.test("nothing is typed into another program or a dead pane, and force only into the former", async () => {
  await using world = new TestWorld();
  await world.tmux("new-session", "-d", "-s", "codexctl", "-n", "fast", "sh", "-c", "echo hi; cat");
  await world.tmux("set-option", "-g", "@codexctl_agents", "fast");
  const see = (text: string) =>
    retryUntil(
      text,
      async () => (await world.tmux("capture-pane", "-p", "-t", "fast")).includes(text),
    );
  await see("hi");
  assert.match(await refused(send(world, {}), "refused"), /shows (cat|sh) instead of Codex/);
  const forced = await send(world, { prompt: "forced", force: true, wait: 0, nojob: true });
  assert.equal(forced.exit_code, 0);
  assert.deepEqual(
    forced.receipts,
    ["fast typed"],
    "what was not seen is not said to be submitted",
  );
  assert.match(eventsOf(world, "receipt")[0]?.detail ?? "", /Not confirmed/);
  await see("forced");

  await world.tmux("set-option", "-g", "remain-on-exit", "on");
  await world.tmux("send-keys", "-t", "fast", "C-d");
  // Not by what it draws: tmux 3.3a can miss that its child has ended, and then draws nothing.
  await retryUntil(
    "a dead pane",
    async () => await world.tmux("display-message", "-p", "-t", "fast", "#{pane_dead}") === "1\n",
  );
  for (const force of [false, true]) {
    const sent = force
      ? (await send(world, { force })).ends[0]?.detail ?? ""
      : await refused(send(world, {}), "refused");
    assert.match(sent, /its program has ended/);
  }
});

Deno.test("a working agent takes the prompt into its turn", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"], { speed: 1 });
  await demo.prompt("fast", "mock:slow=4 first");
  await demo.see("fast", /slow chunk/);
  const { exit_code, receipts } = await send(world, { prompt: "mock:plain second" });
  assert.equal(exit_code, 0);
  assert.deepEqual(receipts, ["fast typed", "fast submitted"]);
  assert.match(userMessages(demo).at(-1)!, /second$/);
});

Deno.test("an unsent text in the composer is neither sent along nor lost", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"]);
  await demo.paste("fast", "half a thought\nand a line");
  await demo.see("fast", /half a thought/);
  const message = await refused(send(world, {}), "refused");
  assert.match(message, /unsent text, "half a thought/);
  const forced = await send(world, { force: true });
  assert.equal(forced.exit_code, 3);
  assert.match(await demo.capture("fast"), /› half a thought\n {2}and a line/);
  assert.deepEqual(userMessages(demo), []);
});

Deno.test("one dispatch to several agents is one id, one line and a job for each", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast", "deep"]);
  for (const parallel of [true, false]) {
    const before = eventsOf(world, "dispatch").length;
    const { exit_code, jobs, stdout } = await send(world, {
      ...{ targets: ["deep", "all"], parallel },
      outdir: join(world.dir, "out"),
    });
    assert.equal(exit_code, 0);
    assert.deepEqual(jobs.map(({ agent }) => agent), ["deep", "fast"]);
    const [line, ...more] = eventsOf(world, "dispatch").slice(before);
    assert.equal(more.length, 0);
    assert.deepEqual(line?.jobs, jobs);
    assert.equal(line?.output_path, join(world.dir, "out"));
    for (const [index, { job_id }] of jobs.entries()) {
      const pane = ["2", "1"][index];
      const file = join(world.dir, "out", `pane${pane}_${job_id}.txt`);
      assert.ok(stdout.includes(`%${pane} ${job_id} ${file}\n`), stdout);
      assert.match(Deno.readTextFileSync(file), new RegExp(`\\[JOB:${job_id}\\] mock:plain`));
    }
  }
  assert.equal(userMessages(demo).length, 4);
});

Deno.test("two sends at the same time to one agent arrive whole, one after the other", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"]);
  const texts = ["mock:plain a\n" + "a".repeat(200), "mock:plain b\n" + "b".repeat(200)];
  const sent = await Promise.all(texts.map((prompt) => send(world, { prompt })));
  assert.deepEqual(sent.map(({ exit_code }) => exit_code), [0, 0]);
  assert.deepEqual(
    userMessages(demo).sort(),
    sent.map(({ jobs }, index) => `[JOB:${jobs[0]!.job_id}] ${texts[index]}`).sort(),
  );
});

Deno.test("the end of a turn is told: failed, interrupted, blocked, not in time", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"]);
  const failed = await send(world, { prompt: "mock:500" });
  assert.equal(failed.exit_code, 1);
  assert.match(failed.ends[0]?.detail ?? "", /currently experiencing high demand/);

  const blocked = await send(world, { prompt: APPROVAL.prompt, wait: 8 });
  assert.equal(blocked.exit_code, 3);
  assert.match(blocked.stderr, /fast is blocked: it asks for an approval/);
  await demo.press("fast", "y");
  await demo.see("fast", /Worked for[^]*› Ask Codex/);

  const slow = await send(world, { prompt: "mock:slow=200", wait: 1 });
  assert.equal(slow.exit_code, 4);
  assert.equal(slow.ends[0]?.detail, "Not finished after 1 s");
  await demo.press("fast", "Escape");
  await demo.see("fast", /Conversation interrupted/);

  const interrupted = send(world, { prompt: "mock:slow=200 again" });
  await demo.see("fast", /again[^]*slow chunk/);
  await demo.press("fast", "Escape");
  const { exit_code, ends } = await interrupted;
  assert.deepEqual([exit_code, ends[0]?.detail], [1, "The turn was interrupted"]);
});

Deno.test("a sender that stops waiting gives its code, and the turn goes on", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast", "deep"], { speed: 1 });
  const stop = new AbortController();
  const sending = send(world, { targets: ["all"], prompt: "mock:slow=90" }, { stop: stop.signal });
  await retryUntil("the first prompt", () => userMessages(demo).length === 1, SLOW_MS);
  await retryUntil("its receipt", () => eventsOf(world, "receipt").length === 2, SLOW_MS);
  stop.abort(130);
  const { exit_code, ends } = await sending;
  assert.equal(exit_code, 130);
  assert.deepEqual(ends.map(({ detail }) => detail), ["Stopped waiting", "Not sent"]);
  assert.doesNotMatch(await demo.see("fast", /slow chunk/), /Worked for|interrupted/);
  assert.equal(userMessages(demo).length, 1);
});

Deno.test("who is not there, and what makes no sense, is refused before anything is recorded", async () => {
  await using world = new TestWorld();
  assert.match(await refused(send(world, {}), "not_found"), /session "codexctl": start the agents/);
  await startDemoAgents(world, ["fast"]);
  const message = await refused(send(world, { targets: ["fast", "nobody"] }), "not_found");
  assert.match(message, /"nobody": no such agent; there are fast \(@1, %1\)/);
  assert.match(await refused(send(world, { targets: ["%0"] }), "not_found"), /"%0": no such agent/);
  assert.match(await refused(send(world, { targets: [] }), "invalid"), /name an agent, or "all"/);
  assert.match(await refused(send(world, { prompt: " \n" }), "invalid"), /it is empty/);
  assert.match(await refused(send(world, { job_id: "a b" }), "invalid"), /"a b" as a job id/);
  assert.deepEqual(readEvents(world), []);
  const { jobs } = await send(world, { job_id: "mine-1", wait: 0 });
  assert.equal(jobs[0]?.job_id, "mine-1");
});

Deno.test("the server's dispatch answers once the line is written, and types behind it", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast"]);
  const config = loadConfig({}, world.env());
  const started = await dispatch({ targets: ["fast"], prompt: "mock:slow=200" }, {
    config,
    origin: "api",
  });
  assert.deepEqual(eventsOf(world, "dispatch").map(({ job_id }) => job_id), [started.job_id]);
  assert.deepEqual(userMessages(demo), []);
  assert.equal(started.pid, null);
  assert.equal((await started.done).exit_code, 0);
  assert.doesNotMatch(await demo.capture("fast"), /Worked for/, "nobody waits for its end");
  assert.deepEqual(
    readEvents(world).map(({ type }) => type),
    ["dispatch", "receipt", "receipt", "dispatch_done"],
  );
});

Deno.test("codexctl gets one call for each agent, the prompt on stdin, and no dialog to type into", async () => {
  await using world = new TestWorld();
  const demo = await startDemoAgents(world, ["fast", "deep"]);
  const config = loadConfig(
    { driver: "codexctl", codexctl: join(world.dir, "codexctl") },
    world.env(),
  );
  const codexctl = `#!/bin/sh\nSTANDIN_DIR='${world.dir}' exec '${STAND_IN}' "$@"\n`;
  Deno.writeTextFileSync(join(world.dir, "codexctl"), codexctl, { mode: 0o755 });
  const request = { targets: ["all"], prompt: "-x\n".repeat(3), outdir: join(world.dir, "out") };
  const started = await dispatch(request, { config, origin: "api" });
  assert.ok(typeof started.pid === "number");
  const { exit_code } = await started.done;
  assert.equal(exit_code, 0);
  assert.deepEqual(
    Deno.readTextFileSync(join(world.dir, "argv")).split("\0").slice(0, -1),
    ["send", "%2", "--wait", "90", "--outdir", join(world.dir, "out"), "--", "-"],
  );
  assert.equal(Deno.readTextFileSync(join(world.dir, "stdin")), "-x\n-x\n-x");
  assert.deepEqual(
    eventsOf(world, "controller_output").map(({ job_id, pane_id }) => [job_id, pane_id]),
    started.jobs.map(({ job_id, pane_id }) => [job_id, pane_id]),
  );

  await provoke(demo, APPROVAL);
  Deno.removeSync(join(world.dir, "argv"));
  for (const chooses of ["targets", "one", "several"] as const) {
    const codexctl = { args: ["send", "all", "--", "x"], stdin: "inherit" as const, chooses };
    const message = await refused(
      dispatch({ targets: ["all"], prompt: "x", codexctl }, { config, origin: "cli" }),
      "refused",
    );
    assert.match(message, /"fast" \(%1\): it asks for an approval/);
  }
  // A pane that is no agent of ours may be one of codexctl's.
  await world.tmux("set-option", "-g", "@codexctl_agents", "deep");
  const words = { args: ["send", "%1", "--", "x"], stdin: "inherit" as const };
  const sending = dispatch(
    { targets: ["%1"], prompt: "x", codexctl: { ...words, chooses: "targets" } },
    { config, origin: "cli" },
  );
  assert.match(await refused(sending, "refused"), /pane %1: it asks for an approval/);
  assert.throws(() => Deno.statSync(join(world.dir, "argv")), Deno.errors.NotFound);
});
