/**
 * `deno task test:codex --record`: screens and titles of the real Codex, written to
 * tests/testdata/codex for the tests that read them. Only what stands in RECORDINGS is made anew.
 */
import { join } from "node:path";
import { CodexWorld, type CodexWorldOptions } from "./world.ts";

const DIR = join(import.meta.dirname ?? ".", "../testdata/codex");

interface Recording extends CodexWorldOptions {
  /** For `pane-<name>.txt` and `.ansi`, and in `titles.txt`. */
  name: string;
  width?: number;
  prepare?: (world: CodexWorld) => void;
  /** Brings the pane to what is recorded. */
  steps: (world: CodexWorld, pane: string) => Promise<unknown>;
  /** Writes no screen: there is one already. */
  titles_only?: boolean;
}

const READY = /Ask Codex to do anything/;
/** Titles of these items in place of Codex's own choice. */
const titled = (...items: string[]) => ({
  titles_only: true,
  config: (toml: string) => `${toml}[tui]\nterminal_title = ${JSON.stringify(items)}\n`,
});

const NO_TMP = `
[sandbox_workspace_write]
exclude_slash_tmp = true
exclude_tmpdir_env_var = true
`;

/** A first prompt is also what gets a thread its title. */
async function prompt(world: CodexWorld, pane: string, text: string, seen: RegExp): Promise<void> {
  await world.seeOnScreen(pane, READY);
  await world.type(pane, text);
  await world.seeOnScreen(pane, seen);
}

const hold = (world: CodexWorld, pane: string) =>
  prompt(world, pane, "mock:hold=never please", /The first half/);
const plain = (world: CodexWorld, pane: string) =>
  prompt(world, pane, "mock:plain say hello", /Worked for/);
const escalate = (world: CodexWorld, pane: string) =>
  prompt(world, pane, "[JOB:4d1c] mock:escalate=touch asked.txt", /Would you like to run/);

const RECORDINGS: readonly Recording[] = [
  {
    name: "question",
    steps: async (world, pane) => {
      await plain(world, pane);
      await world.press(pane, "BTab");
      await prompt(world, pane, "[JOB:4d1c] mock:ask please", /Question 1\/1/);
    },
  },
  {
    name: "usage-limit",
    steps: (world, pane) =>
      prompt(world, pane, "[JOB:4d1c] mock:usagelimit please", /Approaching rate limits/),
  },
  {
    name: "error-429",
    steps: (world, pane) =>
      prompt(world, pane, "[JOB:4d1c] mock:429 please", /■ exceeded retry limit/),
  },
  {
    name: "reconnecting",
    config: (toml) => toml.replace("stream_max_retries = 1", "stream_max_retries = 5"),
    steps: (world, pane) =>
      prompt(world, pane, "[JOB:4d1c] mock:drop please", /Reconnecting\S* 3\/5/),
  },
  { name: "approval-narrow", width: 39, steps: escalate },
  {
    name: "approval-patch",
    // The world lies in the temporary folder, where Codex may write without asking.
    config: (toml) => `sandbox_mode = "workspace-write"\n${toml}${NO_TMP}`,
    steps: (world, pane) =>
      prompt(world, pane, "[JOB:4d1c] mock:patch=../outside.txt", /Would you like to make/),
  },
  {
    name: "update",
    config: (toml) => toml.replace("check_for_update_on_startup = false", ""),
    prepare: ({ codex_home }) =>
      Deno.writeTextFileSync(
        join(codex_home, "version.json"),
        JSON.stringify({ latest_version: "0.170.0", last_checked_at: new Date().toISOString() }),
      ),
    steps: (world, pane) => world.seeOnScreen(pane, /Update available/),
  },
  { name: "idle", titles_only: true, steps: (world, pane) => world.seeOnScreen(pane, READY) },
  { name: "working", titles_only: true, steps: hold },
  { name: "finished", titles_only: true, steps: plain },
  { name: "approval", titles_only: true, steps: escalate },
  { name: "idle-run-state", ...titled("run-state", "thread-id"), steps: plain },
  { name: "working-run-state", ...titled("run-state", "thread-id"), steps: hold },
  { name: "approval-run-state", ...titled("run-state", "thread-id"), steps: escalate },
  { name: "idle-activity", ...titled("activity", "thread-id"), steps: plain },
  { name: "working-activity", ...titled("activity", "thread-id"), steps: hold },
  { name: "approval-activity", ...titled("activity", "thread-id"), steps: escalate },
];

/** Titles that the pane has within a second, once it rests: a spinner and a blink have several. */
async function titlesOf(world: CodexWorld, pane: string): Promise<Set<string>> {
  await pause(3_000);
  const titles = new Set<string>();
  for (let look = 0; look < 20; look++) {
    titles.add((await world.tmux("display-message", "-p", "-t", pane, "#{pane_title}")).trimEnd());
    await pause(50);
  }
  return titles;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Nothing of this machine: its folders and ports are not those of the next one. */
function neutral(text: string, world: CodexWorld): string {
  return text.replaceAll(world.dir, "/home/user").replaceAll(Deno.hostname(), "host")
    .replaceAll(new URL(world.model.url).host, "127.0.0.1:18080");
}

async function writeScreen(world: CodexWorld, pane: string, name: string): Promise<void> {
  for (const [ending, args] of [["txt", []], ["ansi", ["-e"]]] as const) {
    const screen = await world.tmux("capture-pane", "-p", ...args, "-t", pane);
    Deno.writeTextFileSync(join(DIR, `pane-${name}.${ending}`), neutral(screen, world));
  }
}

const titles: string[] = [];
for (const { name, width = 100, prepare, steps, titles_only, ...options } of RECORDINGS) {
  await using world = new CodexWorld(options);
  prepare?.(world);
  const pane = await world.launchCodex("rec", { width });
  await steps(world, pane);
  if (!titles_only) await writeScreen(world, pane, name);
  for (const title of await titlesOf(world, pane)) titles.push(`${name}\t${neutral(title, world)}`);
  console.log(name);
}
Deno.writeTextFileSync(join(DIR, "titles.txt"), titles.join("\n") + "\n");
