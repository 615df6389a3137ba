/** The demo agent's screens and titles, row by row against recordings of the real program. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type DemoAgents, startDemoAgents } from "../support/demo.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

const RECORDINGS = join(import.meta.dirname ?? ".", "../testdata/codex");

/** As in the recordings, for the screen only; nothing is read or written there. */
const SHOWN_DIR = ["--dir", "/tmp/demo-repo"];

function recording(name: string): string {
  return Deno.readTextFileSync(join(RECORDINGS, name));
}

/** What differs from one run to the next: times, the blinking bullet, how far a stream got. */
function lasting(screen: string): string {
  return screen
    .replace(/Worked for \S+ • \d\d:\d\d/g, "Worked for T")
    .replace(/^[•◦] Working \(\d+s/gm, "• Working (T")
    .replace(/^[•◦] Running/gm, "• Running")
    .replace(/slow chunk 1 of 12\..*(\n +(12|of|slow|chunk).*)?/g, "slow chunks")
    .replaceAll(" · Mock task title", "");
}

async function seeRecording(agents: DemoAgents, name: string, file: string): Promise<void> {
  const expected = lasting(recording(file));
  let screen = "";
  await retryUntil(`the screen of ${file}`, async () => {
    screen = lasting(await agents.capture(name));
    return screen === expected;
  }).catch(() => assert.equal(screen, expected));
}

async function seeTitle(agents: DemoAgents, name: string, pattern: RegExp): Promise<void> {
  let title = "";
  await retryUntil(`the title ${pattern}`, async () => {
    title = await agents.title(name);
    return pattern.test(title);
  }).catch(() => assert.match(title, pattern));
}

Deno.test("idle, finished, interrupted and failed screens are the recorded ones", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"], { speed: 0.5, args: SHOWN_DIR });
  await seeRecording(agents, "fast", "pane-idle.txt");
  await seeTitle(agents, "fast", /^demo-repo$/);
  await agents.prompt("fast", "[JOB:1a95656c-9138-4293-8e3b-6d8b09f47dad] mock:plain say hello");
  await seeRecording(agents, "fast", "pane-finished.txt");
  await seeTitle(agents, "fast", /^Mock task title \| demo-repo$/);
  await agents.prompt(
    "fast",
    "[JOB:a2c9293a-cfb7-4a5f-b982-adb8e5ce5efc] mock:slow=10 to be interrupted",
  );
  await agents.see("fast", /slow chunk 1 of 12\./);
  assert.doesNotMatch(await agents.capture("fast"), /esc to interrupt/);
  await agents.press("fast", "Escape");
  await seeRecording(agents, "fast", "pane-interrupted.txt");
  await agents.prompt("fast", "[JOB:fbc9925b-e093-46ea-8b26-e7947623f33e] mock:500 error");
  await seeRecording(agents, "fast", "pane-error-500.txt");
  await seeTitle(agents, "fast", /^Mock task title \| demo-repo$/);
});

Deno.test("an approval's screens are the recorded ones, approved and denied", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["sec"], { args: SHOWN_DIR });
  await agents.prompt(
    "sec",
    "[JOB:672562ed-7ee7-4c3e-8cf6-d0098762169f] mock:escalate=touch /tmp/demo-repo/approved.txt",
  );
  await seeRecording(agents, "sec", "pane-approval.txt");
  await seeTitle(agents, "sec", /^\[ ! \] Action Required \| Mock task title \| demo-repo$/);
  await seeTitle(agents, "sec", /^\[ \. \] Action Required \| Mock task title \| demo-repo$/);
  await agents.press("sec", "y");
  await seeRecording(agents, "sec", "pane-approved.txt");
  await agents.prompt(
    "sec",
    "[JOB:221d8298-4644-4dc9-a645-0d8ea90cb29a] mock:escalate=touch /tmp/demo-repo/denied.txt",
  );
  await agents.see("sec", /Would you like to run/);
  await agents.press("sec", "Escape");
  await seeRecording(agents, "sec", "pane-denied.txt");
});

Deno.test("working and streaming screens are the recorded ones, with a spinner in the title", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["deep"], { speed: 1, args: SHOWN_DIR });
  await agents.prompt(
    "deep",
    "[JOB:f6f0bb81-a8e6-4d3c-9d66-4de048f15516] mock:slow=3 control mode",
  );
  await agents.see("deep", /Worked for/);
  await agents.prompt(
    "deep",
    "[JOB:51f8a43a-041a-4cda-beea-a751a83519fd] mock:execslow=sleep 4; echo done",
  );
  await seeRecording(agents, "deep", "pane-working.txt");
  await seeTitle(agents, "deep", /^[\u2800-\u28ff] Mock task title \| demo-repo$/);
  await agents.see("deep", /Slow command finished\.\n\n {2}Worked for/);
  await agents.prompt("deep", "[JOB:bde6c59f-66cd-4eec-aedf-61dd8764ad4f] mock:slow=6 stream");
  await agents.see("deep", /^ {2}12\. slow chunk 6/m);
  await seeRecording(agents, "deep", "pane-streaming.txt");
});

Deno.test("a patch, sub-agents and a long answer look as recorded", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["test"], { args: SHOWN_DIR });
  await agents.prompt("test", "[JOB:7b9c2e5d-4444-4ccc-b408-f3a096cdcb9a] mock:ask");
  await agents.see("test", /Worked for/);
  await agents.prompt("test", "[JOB:ca81ad4d-216a-4198-b27f-5a5bdcd85873] mock:patch");
  await seeRecording(agents, "test", "pane-patch.txt");
  await agents.prompt(
    "test",
    "[JOB:959911bf-6dbf-4c49-bbd1-e6d81e4cf053] mock:long=120 long output",
  );
  await seeRecording(agents, "test", "pane-long.txt");
  await agents.prompt("test", "[JOB:f3ece7cb-03a9-43ee-8d7b-5c6e60f5afff] mock:spawn=child work");
  await seeRecording(agents, "test", "pane-subagent.txt");
});

Deno.test("a resized pane is drawn anew: a narrow one wraps the marker as recorded", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"], {
    args: SHOWN_DIR,
    models: { fast: "gpt-5.5-codex" },
  });
  await agents.prompt(
    "fast",
    "[JOB:bc654e20-bada-488e-84c8-cf993937a597] mock:plain narrow pane test",
  );
  // Nothing else is left that would draw.
  await seeTitle(agents, "fast", /^Mock task title/);
  await agents.see("fast", /Worked for/);
  await world.tmux("resize-window", "-t", agents.paneOf("fast"), "-x", "39", "-y", "49");
  await seeRecording(agents, "fast", "pane-narrow.txt");
});

Deno.test("a question is asked in Plan mode only, and its answer looks as recorded", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["deep"]);
  await agents.press("deep", "BTab");
  await agents.see("deep", /Plan mode \(shift\+tab to cycle\)/);
  await agents.prompt("deep", "mock:ask in plan mode");
  const screen = await agents.see("deep", /Question 1\/1 \(1 unanswered\)/);
  assert.match(screen, /^ {2}› 1\. Option A \(Recommended\) {2}first$/m);
  await seeTitle(agents, "deep", /Action Required/);
  await agents.press("deep", "Enter");
  const answered = await agents.see("deep", /Worked for/);
  const recorded = recording("pane-question-answered.txt").match(/• Questions[^]*?answer: .*/)?.[0];
  assert.ok(recorded && answered.includes(recorded), answered);
});

Deno.test("without the alternate screen the whole transcript stays in the scrollback", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"], { inline: true });
  await agents.prompt("fast", "mock:long=120 long output");
  await agents.see("fast", /Worked for/);
  const lines = (await agents.capture("fast", "-S", "-5000")).match(/^(• | {2})line \d+/gm) ?? [];
  const expected = Array.from({ length: 120 }, (_, index) => {
    return `${index === 0 ? "• " : "  "}line ${`${index + 1}`.padStart(4, "0")}`;
  });
  assert.deepEqual(lines, expected);

  await agents.prompt("fast", "mock:escalate=touch x");
  await agents.see("fast", /Would you like to run/);
  await agents.press("fast", "y");
  await agents.see("fast", /Escalated command handled\.\n\n {2}Worked for/);
  await agents.prompt("fast", "/new");
  await agents.see("fast", /Worked for[^]*OpenAI Codex/);
  const all = await agents.capture("fast", "-S", "-5000");
  assert.equal(all.match(/^• Ran touch x\n {2}└ \(no output\)\n\n• Escalated/gm)?.length, 1, all);
  assert.equal(all.match(/Would you like|Running|Working/g), null, all);
  assert.equal(all.match(/OpenAI Codex/g)?.length, 2, all);
});

Deno.test("an idle agent writes nothing to its pane and has no timer", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  await agents.prompt("fast", "mock:plain hello");
  await seeTitle(agents, "fast", /^Mock task title/);
  const pane = agents.paneOf("fast");
  const written = join(world.dir, "written");
  await world.tmux("pipe-pane", "-O", "-t", pane, `cat > ${written}`);
  await retryUntil("the pipe", () => Deno.stat(written));
  const pid = (await world.tmux("display", "-p", "-t", pane, "#{pane_pid}")).trim();
  const wakeUps = () =>
    Number(
      /^voluntary_ctxt_switches:\s*(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1],
    );
  // The last of the turn may still be on its way; what goes on for ever never leaves 3 s quiet.
  await retryUntil("3 s of nothing written and hardly a wake-up", async () => {
    const [size, before] = [(await Deno.stat(written)).size, wakeUps()];
    await new Promise((done) => setTimeout(done, 3_000));
    // A spinner alone would be 30; V8 wakes the thread for its own housekeeping now and then.
    return (await Deno.stat(written)).size === size && wakeUps() - before < 10;
  });
});
