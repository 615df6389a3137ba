/**
 * Demo agents in a world's private tmux: panes that behave like Codex 0.169, with the `@codexctl_*`
 * options around them, for tests that need agents but no Codex.
 */
import { join } from "node:path";
import { startSession } from "../../cli/demo/session.ts";
import { retryUntil } from "./retry.ts";
import type { TestWorld } from "./temp.ts";

/** Four Deno programs start at once on a machine that runs other tests too. */
const SLOW_MS = 60_000;

/** Longer than Codex takes an Enter after fast keys for a newline of a paste. */
const AFTER_TYPING_MS = 300;

const IDLE = /^› Ask Codex to do anything$/m;

export interface DemoOptions {
  /** tmux session, `codexctl` unless said. */
  session?: string;
  /** How many times faster than recorded; 5 unless said. */
  speed?: number;
  seed?: number;
  width?: number;
  height?: number;
  /** With scrollback, as Codex's `--no-alt-screen`. */
  inline?: boolean;
  /** The model of each agent by name. */
  models?: Record<string, string>;
  /** More arguments of `codexdash demo-agent`. */
  args?: readonly string[];
}

/** One line of a rollout file. */
export interface RolloutLine {
  timestamp: string;
  ordinal: number;
  type: string;
  // deno-lint-ignore no-explicit-any
  payload: Record<string, any>;
}

export class DemoAgents {
  readonly names: readonly string[];
  readonly #world: TestWorld;
  readonly #panes: Map<string, string>;

  constructor(world: TestWorld, panes: Map<string, string>) {
    this.#world = world;
    this.#panes = panes;
    this.names = [...panes.keys()];
  }

  /** The agent's pane id. */
  paneOf(name: string): string {
    const pane = this.#panes.get(name);
    if (pane === undefined) throw new Error(`Cannot find the pane of "${name}": not started`);
    return pane;
  }

  /** What its pane shows, as text. */
  async capture(name: string, ...options: string[]): Promise<string> {
    return await this.#world.tmux("capture-pane", "-p", ...options, "-t", this.paneOf(name));
  }

  async title(name: string): Promise<string> {
    const title = await this.#world.tmux("display", "-p", "-t", this.paneOf(name), "#{pane_title}");
    return title.trimEnd();
  }

  /** Waits until its pane shows what matches and returns the screen; throws with the screen. */
  async see(name: string, pattern: RegExp, timeout_ms = SLOW_MS): Promise<string> {
    let screen = "";
    try {
      return await retryUntil(`${pattern} in ${name}`, async () => {
        screen = await this.capture(name);
        return pattern.test(screen) && screen;
      }, timeout_ms);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}; it shows\n${screen}`);
    }
  }

  /** Presses tmux's named keys: `Enter`, `Escape`, `y` … */
  async press(name: string, ...keys: string[]): Promise<void> {
    await this.#world.tmux("send-keys", "-t", this.paneOf(name), ...keys);
  }

  /** Pastes text into its composer, unchanged and without submitting it. */
  async paste(name: string, text: string): Promise<void> {
    const buffer = `demo-${crypto.randomUUID()}`;
    const file = join(this.#world.dir, buffer);
    await Deno.writeTextFile(file, text);
    await this.#world.tmux("load-buffer", "-b", buffer, file);
    await this.#world.tmux("paste-buffer", "-p", "-d", "-b", buffer, "-t", this.paneOf(name));
    await Deno.remove(file);
  }

  /** Pastes a prompt of one line, waits until it is on the screen and submits it. */
  async prompt(name: string, text: string): Promise<void> {
    await this.paste(name, text);
    await this.see(name, new RegExp(`^› ${RegExp.escape(text.slice(0, 20))}`, "m"));
    await new Promise((done) => setTimeout(done, AFTER_TYPING_MS));
    await this.press(name, "Enter");
  }

  /** Paths of all rollouts in the world's CODEX_HOME, oldest first. */
  rollouts(): string[] {
    return walk(join(this.#world.codex_home, "sessions")).sort();
  }

  /** The lines of the rollout with `text` in it; none while there is no such file. */
  rolloutWith(text: string): RolloutLine[] {
    const found = this.rollouts().map((path) => Deno.readTextFileSync(path))
      .find((content) => content.includes(JSON.stringify(text).slice(1, -1)));
    return (found ?? "").split("\n").slice(0, -1).map((line) => JSON.parse(line));
  }
}

/** Starts an agent for each name and waits for their composers. */
export async function startDemoAgents(
  world: TestWorld,
  names: readonly string[],
  options: DemoOptions = {},
): Promise<DemoAgents> {
  const { session = "codexctl", speed = 5, seed = 0, width = 100, height = 29 } = options;
  const dir = join(world.dir, "demo-repo");
  await Deno.mkdir(dir, { recursive: true });
  const args = ["--speed", `${speed}`, "--seed", `${seed}`];
  if (options.inline) args.push("--no-alt-screen");
  args.push(...options.args ?? []);
  const panes = await startSession({
    socket: world.tmux_socket,
    session,
    dir,
    env: world.env(),
    agents: names.map((name) => ({ name, args, model: options.models?.[name] ?? "" })),
    width,
    height,
  });
  const agents = new DemoAgents(world, panes);
  await Promise.all(names.map((name) => agents.see(name, IDLE)));
  return agents;
}

function walk(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].flatMap((entry) =>
      entry.isDirectory ? walk(join(dir, entry.name)) : [join(dir, entry.name)]
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
