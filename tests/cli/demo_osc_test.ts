/** The states that the demo agent reports by OSC 7501, in the order recorded from the real program. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type DemoAgents, startDemoAgents } from "../support/demo.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

/** The reports of one scenario in REC osc7501. */
function recorded(scenario: string): string[] {
  const path = join(import.meta.dirname ?? ".", "../testdata/codex/osc7501.txt");
  const line = Deno.readTextFileSync(path).split("\n")
    .find((line) => line.startsWith(`${scenario}: `));
  return line?.slice(scenario.length + 2).trim().split(" ") ?? [];
}

/** What to do in the pane, until the last report is out. */
const SCENARIOS: Record<string, (agents: DemoAgents, name: string) => Promise<void>> = {
  simple: async (agents, name) => {
    await finish(agents, name, "mock:plain say hello");
    await finish(agents, name, "mock:plain and a second turn");
  },
  exec: async (agents, name) => {
    await finish(agents, name, "mock:exec=ls; echo to-stderr >&2; exit 3");
    await finish(agents, name, "mock:patch");
  },
  approval: async (agents, name) => {
    await agents.prompt(name, "mock:escalate=touch approved.txt");
    await agents.see(name, /Would you like to run/);
    await agents.press(name, "y");
    await agents.see(name, /Worked for/);
  },
  denied: async (agents, name) => {
    await agents.prompt(name, "mock:escalate=touch denied.txt");
    await agents.see(name, /Would you like to run/);
    await agents.press(name, "Escape");
    await agents.see(name, /■ Conversation interrupted/);
  },
  interrupted: async (agents, name) => {
    await agents.prompt(name, "mock:slow=60 interrupt me");
    await agents.see(name, /slow chunk 1/);
    await agents.press(name, "Escape");
    await agents.see(name, /■ Conversation interrupted/);
  },
  error: async (agents, name) => {
    for (const [index, word] of ["500", "429", "401", "500", "429"].entries()) {
      await agents.prompt(name, `mock:${word} error ${index}`);
      await agents.see(name, new RegExp(`error ${index}\\n+■ `));
    }
    await agents.prompt(name, "mock:plain good again");
    await agents.see(name, /Worked for/);
  },
  limit: async (agents, name) => {
    await agents.prompt(name, "mock:usagelimit please");
    await agents.see(name, /Approaching rate limits/);
    await agents.press(name, "2");
    await agents.see(name, /5h limit: only <1% left/);
  },
  steer: async (agents, name) => {
    await agents.prompt(name, "mock:slow=60 first job");
    await agents.see(name, /slow chunk 1/);
    await agents.prompt(name, "mock:plain second job while busy");
    await agents.see(name, /Worked for/);
  },
  spawn: (agents, name) => finish(agents, name, "mock:spawn=child work"),
};

/** One more turn that ends well. */
async function finish(agents: DemoAgents, name: string, prompt: string): Promise<void> {
  await agents.prompt(name, prompt);
  await agents.see(name, new RegExp(`${RegExp.escape(prompt)}[^]*Worked for`));
}

function reports(output: string): string[] {
  // deno-lint-ignore no-control-regex
  return Array.from(output.matchAll(/\x1b\](7501;[^\x1b\x07]*)\x1b\\/g), ([, report]) => report!);
}

for (const half of [Object.keys(SCENARIOS).slice(0, 5), Object.keys(SCENARIOS).slice(5)]) {
  Deno.test(`state reports are as recorded: ${half.join(", ")}`, async () => {
    await using world = new TestWorld();
    const agents = await startDemoAgents(world, half);
    await Promise.all(half.map(async (name) => {
      const written = join(world.dir, `${name}.output`);
      await world.tmux("pipe-pane", "-O", "-t", agents.paneOf(name), `cat > ${written}`);
      await retryUntil("the pipe", () => Deno.stat(written));
      await SCENARIOS[name]?.(agents, name);
      const expected = recorded(name);
      assert.ok(expected.length > 0, name);
      let seen: string[] = [];
      await retryUntil(`the reports of ${name}`, () => {
        seen = reports(Deno.readTextFileSync(written));
        return seen.length >= expected.length;
      }).catch(() => {});
      assert.deepEqual(seen, expected, name);
    }));
  });
}

Deno.test("an agent that quits says so and leaves its pane", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  const written = join(world.dir, "output");
  await world.tmux("pipe-pane", "-O", "-t", agents.paneOf("fast"), `cat > ${written}`);
  await retryUntil("the pipe", () => Deno.stat(written));
  await agents.press("fast", "C-c");
  await retryUntil("the pane's end", async () => {
    const panes = await world.tmux("list-panes", "-a", "-F", "#{pane_id}");
    return !panes.split("\n").includes(agents.paneOf("fast"));
  });
  assert.deepEqual(reports(await Deno.readTextFile(written)), [
    "7501;state=idle:app=codex",
    "7501;state=clear",
  ]);
});
