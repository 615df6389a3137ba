/**
 * What the pane shows and says of the agent: transcript, status row, dialog, title and state report,
 * and the timers that move them. While the agent is idle there is no timer at all.
 */
import { type Cell, running } from "./cells.ts";
import { Composer } from "./composer.ts";
import { type Dialog, OpenDialog } from "./dialogs.ts";
import type { View } from "./layout.ts";
import { bold, dim } from "./style.ts";
import type { Osc7501, Terminal } from "./terminal.ts";
import { printable } from "./text.ts";

/** Frames and pace of the title's spinner (REC control-mode). */
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const SPIN_MS = 100;
/** Pace of `[ ! ]` and `[ . ]` in the title (REC control-mode-approval). */
const ACTION_MS = 1000;
const BULLET_MS = 600;
/** A pane is never this many cells high: what is older can't be seen again. */
const KEPT_CELLS = 200;

export class Face {
  readonly composer = new Composer();
  readonly footer: View["footer"];
  warning: string | undefined;
  readonly #terminal: Terminal;
  readonly #project: string;
  #cells: Cell[] = [];
  #dialog: OpenDialog | undefined;
  #since: number | undefined;
  #header = "Working";
  #streaming = false;
  #shell: string | undefined;
  #background = 0;
  #closing = false;
  #timer: { id: ReturnType<typeof setInterval>; ms: number } | undefined;
  #frame = 0;
  #drawing = false;

  constructor(terminal: Terminal, dir: string, model: string) {
    this.#terminal = terminal;
    this.#project = printable(dir.split("/").at(-1) || "/");
    this.footer = { model, dir, title: undefined, plan: false, tree: false };
  }

  get dialog(): OpenDialog | undefined {
    return this.#dialog;
  }

  add(...cells: Cell[]): void {
    this.#cells.push(...cells);
    if (this.#cells.length > KEPT_CELLS) this.#cells = this.#cells.slice(-KEPT_CELLS);
    this.redraw();
  }

  /** An empty pane for a new thread: only `first`. */
  restart(first: Cell): void {
    this.#cells = [first];
    this.footer.title = undefined;
    this.footer.tree = false;
    this.#terminal.forget();
    this.#move();
  }

  /** A turn runs from now on, until `rest`. */
  work(): void {
    this.#since = Date.now();
    this.#header = "Working";
    this.report("working");
  }

  /** The turn is over. */
  rest(state: Osc7501): void {
    this.#since = undefined;
    this.#streaming = false;
    this.#shell = undefined;
    this.#move();
    this.report(state);
  }

  /** In place of "Working": the model's own word for what it does. */
  thinks(header: string): void {
    this.#header = header;
    this.redraw();
  }

  /** While text streams there is no status row (REC pane-streaming). */
  streams(streaming: boolean): void {
    this.#streaming = streaming;
    if (!streaming) this.#header = "Working";
    this.redraw();
  }

  /** A command that was asked about is shown while it waits and runs (REC pane-approval). */
  runs(shell: string | undefined): void {
    this.#shell = shell;
    this.redraw();
  }

  /** Commands that run on their own. */
  background(change: 1 | -1): void {
    this.#background += change;
    this.redraw();
  }

  /**
   * Shows a dialog and resolves with the option chosen. The key that chooses closes it at once: the next
   * one is the composer's.
   */
  ask(dialog: Dialog): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#dialog = new OpenDialog(dialog, (option) => {
      this.#dialog = undefined;
      this.#move();
      resolve(option);
    });
    this.#move();
    return promise;
  }

  report(state: Osc7501): void {
    this.#terminal.report(state);
    this.#move();
  }

  /** The person is back at the keys: what was done or failed is known (REC osc7501). */
  acknowledge(): void {
    if (this.#terminal.state === "done" || this.#terminal.state === "error") this.report("idle");
  }

  /** Its thread's task has a name from now on. */
  name(task: string): void {
    this.footer.title = task;
    this.#move();
  }

  close(farewell: string): void {
    this.#closing = true;
    this.#stop();
    this.#draw();
    this.#terminal.close(farewell);
  }

  resized(): void {
    this.#terminal.forget();
    this.redraw();
  }

  /** Soon, once for all changes of one moment. */
  redraw(): void {
    if (this.#drawing || this.#closing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      if (!this.#closing) this.#draw();
    });
  }

  /** Chooses the pace that the state needs, and shows the first frame at once. */
  #move(): void {
    const waits = this.#dialog?.dialog.kind !== undefined;
    const ms = waits ? ACTION_MS : this.#since !== undefined ? SPIN_MS : undefined;
    if (this.#timer?.ms !== ms) {
      this.#stop();
      if (waits) this.#frame = 0;
      if (ms !== undefined) this.#timer = { ms, id: setInterval(() => this.#tick(), ms) };
    }
    this.#retitle();
    this.redraw();
  }

  #stop(): void {
    if (this.#timer) clearInterval(this.#timer.id);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#frame++;
    this.#retitle();
    this.redraw();
  }

  #retitle(): void {
    const { title } = this.footer;
    const name = title === undefined ? this.#project : `${title} | ${this.#project}`;
    if (this.#dialog?.dialog.kind !== undefined) {
      this.#terminal.title(`[ ${this.#frame % 2 === 0 ? "!" : "."} ] Action Required | ${name}`);
    } else if (this.#since !== undefined) {
      this.#terminal.title(`${SPINNER[this.#frame % SPINNER.length]} ${name}`);
    } else {
      this.#terminal.title(name);
    }
  }

  #draw(): void {
    this.#terminal.draw({
      transcript: this.#cells,
      live: this.#shell === undefined ? undefined : running(this.#shell, this.#bullet()),
      status: this.#status(),
      dialog: this.#dialog,
      composer: this.composer,
      warning: this.warning,
      footer: this.footer,
      closing: this.#closing,
    });
  }

  /** REC pane-working, and pane-busy-second-prompt for a command that outlived its turn. */
  #status(): string | undefined {
    const terminals = `${this.#background} background terminal${
      this.#background === 1 ? "" : "s"
    } running · /ps to view · /stop to close`;
    if (this.#since === undefined) return this.#background > 0 ? dim(`  ${terminals}`) : undefined;
    if (this.#streaming) return undefined;
    const time = duration(Date.now() - this.#since, "0s");
    const end = this.#background > 0 ? ` · ${terminals}` : "";
    return `${this.#bullet()} ${dim(this.#header)} ${dim(`(${time} • `)}${bold("esc")}${
      dim(` to interrupt)${end}`)
    }`;
  }

  #bullet(): string {
    const lit = Math.floor((Date.now() - (this.#since ?? 0)) / BULLET_MS) % 2 === 0;
    return lit ? "•" : dim("◦");
  }
}

/** `8s`, `1m 05s`; `short` below one second. */
export function duration(ms: number, short: string): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds === 0) return short;
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m ${`${seconds % 60}`.padStart(2, "0")}s`;
}
