/**
 * The demo agent: keys in, one thread, one turn at a time. Behaves in its pane as Codex 0.169 does
 * (codex.md §3 and §4), the traps included.
 */
import { Burst } from "./burst.ts";
import { banner, notice } from "./cells.ts";
import { KEEP_MODEL, limitDialog } from "./dialogs.ts";
import { Face } from "./face.ts";
import { type Input, type Key, KeyParser } from "./keys.ts";
import { scenario } from "./scenario.ts";
import { Terminal } from "./terminal.ts";
import { printable } from "./text.ts";
import { Thread } from "./thread.ts";
import { type Outcome, Turn } from "./turn.ts";

export interface AgentOptions {
  codex_home: string;
  dir: string;
  model: string;
  seed: number;
  /** How many times faster than recorded its model and its commands are. */
  speed: number;
  inline: boolean;
}

/** An Escape alone is the key; the rest of a sequence is here sooner. */
const ESCAPE_MS = 25;

/** The hidden request for a task title takes about as long (REC control-mode). */
const TITLE_MS = 400;

const LIMIT_WARNING = "⚠ 5h limit: only <1% left · /status";
const OTHER_MODEL = "gpt-6-luna";

export class Agent {
  readonly #options: AgentOptions;
  readonly #face: Face;
  readonly #allowed = new Set<string>();
  readonly #burst = new Burst();
  readonly #end = Promise.withResolvers<void>();
  #thread: Thread;
  #turn: Turn | undefined;
  #prompts = 0;
  #last_key = 0;
  #quitting = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    const terminal = new Terminal({ inline: options.inline });
    terminal.open();
    this.#face = new Face(terminal, options.dir, modelLabel(options.model, false));
    this.#thread = this.#newThread(options.model);
  }

  /** Runs until the person quits or the pane's input ends. */
  async run(): Promise<void> {
    const resized = () => this.#face.resized();
    const ended = () => this.#quit();
    Deno.addSignalListener("SIGWINCH", resized);
    Deno.addSignalListener("SIGTERM", ended);
    this.#read().catch(this.#end.reject);
    try {
      await this.#end.promise;
    } catch (error) {
      this.#face.close("");
      throw error;
    } finally {
      Deno.removeSignalListener("SIGWINCH", resized);
      Deno.removeSignalListener("SIGTERM", ended);
    }
  }

  #newThread(model: string): Thread {
    const { codex_home, dir } = this.#options;
    this.#face.restart(banner(dir));
    return new Thread({ codex_home, cwd: dir, model });
  }

  async #read(): Promise<void> {
    const parser = new KeyParser();
    const buffer = new Uint8Array(65_536);
    let undecided: ReturnType<typeof setTimeout> | undefined;
    for (;;) {
      const count = await Deno.stdin.read(buffer);
      clearTimeout(undecided);
      if (count === null) return this.#quit();
      this.#take(parser.feed(buffer.subarray(0, count)));
      if (parser.undecided) {
        undecided = setTimeout(() => this.#take(parser.decide()), ESCAPE_MS);
      }
    }
  }

  #take(inputs: Input[]): void {
    for (const input of inputs) {
      this.#last_key = Date.now();
      this.#face.acknowledge();
      switch (input.type) {
        case "key":
          this.#press(input.key);
          break;
        case "text":
          for (const char of input.text) this.#type(char);
          break;
        case "paste":
          // A dialog has no place for a paste.
          if (!this.#face.dialog) this.#face.composer.paste(input.text);
          break;
        default:
          input satisfies never;
      }
    }
    this.#face.redraw();
  }

  #type(char: string): void {
    if (this.#face.dialog) {
      this.#face.dialog.type(char);
      return;
    }
    this.#burst.typed(Date.now());
    this.#face.composer.insert(char);
  }

  #press(key: Key): void {
    const { dialog, composer } = this.#face;
    if (dialog) return dialog.press(key);
    switch (key) {
      case "enter":
        if (this.#burst.takesEnter(Date.now())) composer.press("newline");
        else this.#submit();
        break;
      case "tab":
        this.#submit();
        break;
      case "back_tab":
        this.#togglePlan();
        break;
      case "escape":
        this.#turn?.interrupt();
        break;
      case "ctrl_c":
        if (!composer.empty) composer.clear();
        else if (this.#turn) this.#turn.interrupt();
        else this.#quit();
        break;
      case "ctrl_d":
        if (composer.empty && !this.#turn) this.#quit();
        break;
      default:
        composer.press(key);
    }
  }

  #submit(): void {
    const text = this.#face.composer.take().trim();
    if (text === "") return;
    if (text === "/quit" || text === "/exit") return this.#quit();
    if (text === "/new" && !this.#turn) {
      this.#thread.close();
      this.#thread = this.#newThread(this.#thread.model);
    } else if (this.#turn) {
      this.#turn.join(text);
    } else {
      this.#play(text).catch(this.#end.reject);
    }
  }

  async #play(prompt: string): Promise<void> {
    const thread = this.#thread;
    if (this.#face.footer.title === undefined) {
      setTimeout(() => this.#name(thread, prompt), TITLE_MS / this.#options.speed);
    }
    this.#turn = new Turn({
      thread,
      face: this.#face,
      speed: this.#options.speed,
      allowed: this.#allowed,
      lastKey: () => this.#last_key,
      steps: (text) => scenario(text, `${this.#options.seed}:${this.#prompts++}`),
    });
    const outcome = await this.#turn.run(prompt);
    this.#turn = undefined;
    this.#face.warning = thread.limit_percent >= 100 ? LIMIT_WARNING : undefined;
    this.#face.rest(STATE_AFTER[outcome]);
    if (outcome === "limit") await this.#offerOtherModel();
  }

  async #offerOtherModel(): Promise<void> {
    const choice = await this.#face.ask(limitDialog(OTHER_MODEL));
    if (choice >= KEEP_MODEL) return;
    this.#thread.model = OTHER_MODEL;
    this.#face.footer.model = modelLabel(OTHER_MODEL, this.#thread.plan);
    this.#face.add(notice(`Model changed to ${OTHER_MODEL}`));
  }

  #name(thread: Thread, prompt: string): void {
    if (thread === this.#thread) this.#face.name(taskTitle(prompt));
  }

  #togglePlan(): void {
    const thread = this.#thread;
    thread.plan = this.#face.footer.plan = !thread.plan;
    this.#face.footer.model = modelLabel(thread.model, thread.plan);
    const [effort, mode] = thread.plan ? ["medium", "Plan"] : ["default", "Default"];
    this.#face.add(notice(`Model changed to ${thread.model} ${effort} for ${mode} mode.`));
  }

  /** What Codex leaves in the pane (REC control-mode-approval). */
  #quit(): void {
    if (this.#quitting) return;
    this.#quitting = true;
    const { input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens } =
      this.#thread.usage;
    const fresh = input_tokens - cached_input_tokens;
    const farewell = fresh + output_tokens === 0 ? "" : [
      `Token usage: total=${fresh + output_tokens} input=${fresh} (+ ${
        cached_input_tokens.toLocaleString("en")
      } cached) output=${output_tokens} (reasoning ${reasoning_output_tokens})`,
      "To continue this session, run:",
      `codex resume ${this.#thread.id}`,
      "",
    ].join("\n");
    this.#face.report("idle");
    this.#face.close(farewell);
    this.#thread.close();
    this.#end.resolve();
  }
}

const STATE_AFTER = {
  done: "done",
  failed: "error",
  limit: "error",
  interrupted: "idle",
} as const satisfies Record<Outcome, string>;

/** `gpt-6.1-sol` is shown as `GPT-6.1-Sol`, older models as they are. */
function modelLabel(model: string, plan: boolean): string {
  const name = model.startsWith("gpt-6")
    ? model.split("-").map((part, index) =>
      index === 0 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1)
    ).join("-")
    : model;
  return `${name} ${plan ? "medium" : "default"}`;
}

/** The recordings' model always gave the same title; else the prompt's first words. */
function taskTitle(prompt: string): string {
  if (prompt.includes("mock:")) return "Mock task title";
  const words = printable(prompt).replace(/^\[JOB:[^\]]*\]\s*/, "").split(/\s+/).slice(0, 5).join(
    " ",
  );
  return words.charAt(0).toUpperCase() + words.slice(1, 40);
}
