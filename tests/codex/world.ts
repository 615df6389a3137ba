/**
 * A private world with the real Codex in it: a local model, a configured CODEX_HOME, a trusted working
 * folder and panes to run in. Codex runs embedded (`-c` makes it so): in daemon mode each fresh
 * CODEX_HOME would get a copy of 404 MB.
 */
import { delimiter, dirname, join } from "node:path";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";
import { LocalModel } from "./model.ts";

/** A 2-core machine that also builds something else takes this long to bring up Codex. */
const SLOW_MS = 60_000;

/** Any `-c` keeps Codex out of daemon mode; this one says so too. */
export const EMBEDDED = ["-c", "features.daemon_auto_start=false"];

/** One line of a rollout file. */
export interface RolloutLine {
  type: string;
  payload: Record<string, unknown>;
}

export interface CodexWorldOptions {
  /** Changes config.toml before anything starts. */
  config?: (toml: string) => string;
  /** False leaves agents to join a daemon: start one first, or Codex copies 404 MB to make its own. */
  embedded?: boolean;
}

export class CodexWorld extends TestWorld {
  readonly model = new LocalModel();
  /** The working folder of the agents. */
  readonly repo = join(this.dir, "repo");
  readonly codex: string;
  /** Arguments of every Codex here. */
  readonly mode: readonly string[];

  constructor({ config = (toml) => toml, embedded = true }: CodexWorldOptions = {}) {
    super();
    this.mode = embedded ? EMBEDDED : [];
    this.codex = codexProgram();
    // Codex refuses to put its helper programs under the temporary folder, so that is another one.
    for (const dir of [this.repo, join(this.dir, "tmp")]) Deno.mkdirSync(dir);
    Deno.writeTextFileSync(join(this.codex_home, "config.toml"), config(this.codexConfig()));
  }

  /** config.toml: the local model and no one else, nothing to ask before the first prompt. */
  codexConfig(): string {
    return `
model_provider = "local"
check_for_update_on_startup = false
[model_providers.local]
name = "local"
base_url = ${JSON.stringify(this.model.url)}
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 1
[analytics]
enabled = false
[projects.${JSON.stringify(this.repo)}]
trust_level = "trusted"
`.trimStart();
  }

  /** For Codex itself, and for `codexdash up` that starts it. */
  envForCodex(more: Record<string, string> = {}): Record<string, string> {
    const env = this.env();
    return {
      ...env,
      PATH: [dirname(this.codex), env["PATH"]].join(delimiter),
      TMPDIR: join(this.dir, "tmp"),
      CODEX_ARGS: this.mode.join(" "),
      CODEXCTL_DIR: this.repo,
      ...more,
    };
  }

  /** Starts Codex in a window of its own, without CodexDash, and waits for its composer. */
  async startCodex(name: string, args: readonly string[] = []): Promise<string> {
    const pane = await this.launchCodex(name, { args });
    await this.seeOnScreen(pane, /Ask Codex to do anything/);
    return pane;
  }

  /** Starts Codex in a window of its own and waits for nothing. */
  async launchCodex(
    name: string,
    { args = [], width = 100 }: { args?: readonly string[]; width?: number } = {},
  ): Promise<string> {
    const env = Object.entries(this.envForCodex()).flatMap((
      [key, text],
    ) => ["-e", `${key}=${text}`]);
    return (await this.tmux(
      ...["new-session", "-d", "-P", "-F", "#{pane_id}", "-s", name, "-n", name],
      ...["-x", String(width), "-y", "30", "-c", this.repo, ...env],
      ...["--", "env", this.codex, ...this.mode, ...args],
    )).trim();
  }

  /** What a pane shows, as text. */
  async screen(pane: string): Promise<string> {
    return await this.tmux("capture-pane", "-p", "-t", pane);
  }

  /** Waits until the pane shows what matches and returns the screen; throws with the screen. */
  async seeOnScreen(pane: string, pattern: RegExp, timeout_ms = SLOW_MS): Promise<string> {
    let screen = "";
    try {
      return await retryUntil(`${pattern} on the screen`, async () => {
        screen = await this.screen(pane);
        return pattern.test(screen) && screen;
      }, timeout_ms);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}; it shows\n${screen}`);
    }
  }

  /** Presses tmux's named keys in a pane: `Enter`, `Escape`, `y` … */
  async press(pane: string, ...keys: string[]): Promise<void> {
    await this.tmux("send-keys", "-t", pane, ...keys);
  }

  /** Types a prompt as a person would, and presses Enter until the model is asked. */
  async type(pane: string, prompt: string): Promise<void> {
    const asked = () => this.model.requests.filter((it) => it.prompt.startsWith(prompt)).length;
    const before = asked();
    await this.tmux("set-buffer", "-b", "prompt", prompt);
    await this.tmux("paste-buffer", "-p", "-d", "-b", "prompt", "-t", pane);
    await this.seeOnScreen(pane, new RegExp(`› ${RegExp.escape(prompt.slice(0, 20))}`));
    // Too soon after the text Codex takes Enter for a part of it (codex.md §4).
    await new Promise((done) => setTimeout(done, 300));
    await this.#pressUntil(pane, "Enter", () => asked() > before);
  }

  /** Gives Codex one of its own commands: `/compact`. */
  async command(pane: string, command: string): Promise<void> {
    await this.tmux("send-keys", "-t", pane, "-l", command);
    await this.seeOnScreen(pane, new RegExp(`› ${RegExp.escape(command)}`));
    // As for a prompt; the list of commands that comes up takes Enter for the one typed.
    await new Promise((done) => setTimeout(done, 300));
    const typed = async () =>
      new RegExp(`^› ${RegExp.escape(command)}`, "m").test(await this.screen(pane));
    await this.#pressUntil(pane, "Enter", async () => !await typed());
  }

  /** Answers the dialog that shows `question` with a key, until it is gone. */
  async answer(pane: string, question: RegExp, key: string): Promise<void> {
    await this.seeOnScreen(pane, question);
    // A dialog drops keys for a moment, so that a key meant for something else does not answer it.
    await this.#pressUntil(pane, key, async () => !question.test(await this.screen(pane)));
  }

  async #pressUntil(
    pane: string,
    key: string,
    done: () => boolean | Promise<boolean>,
  ): Promise<void> {
    let pressed = -Infinity;
    await retryUntil(`the effect of ${key}`, async () => {
      if (await done()) return true;
      if (performance.now() - pressed > 2_000) {
        await this.press(pane, key);
        pressed = performance.now();
      }
      return false;
    }, SLOW_MS);
  }

  /** Every line of the newest session file, oldest first; none before the first turn. */
  rollout(): RolloutLine[] {
    const newest = walk(join(this.codex_home, "sessions")).sort().at(-1);
    if (newest === undefined) return [];
    const lines = Deno.readTextFileSync(newest).split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.model[Symbol.asyncDispose]();
    await super[Symbol.asyncDispose]();
  }
}

/** Outside the namespace that `run.ts` makes, Codex could reach the network. */
function codexProgram(): string {
  const program = Deno.env.get("CODEXDASH_TEST_CODEX");
  if (!program) throw new Error("Cannot run Codex here: use deno task test:codex");
  return program;
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
