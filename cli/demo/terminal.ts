/**
 * The pane as the demo agent writes it: raw mode, only the rows that changed, the title (OSC 0) and
 * the state report (OSC 7501) only when they change. With `inline` the transcript goes into the pane's
 * scrollback and the rest is redrawn below it, as with Codex's `--no-alt-screen`.
 */
import type { Cell } from "./cells.ts";
import { composeBottom, composeScreen, type Size, type View } from "./layout.ts";

export type Osc7501 =
  | "idle"
  | "working"
  | "done"
  | "error"
  | "blocked:kind=permission"
  | "blocked:kind=question";

const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";

export class Terminal {
  readonly #inline: boolean;
  readonly #encoder = new TextEncoder();
  #title: string | undefined;
  #state: Osc7501 | undefined;
  #shown: string[] = [];
  #cursor = "";
  /** Inline: what is above for good, and rows between the first row redrawn and the cursor. */
  readonly #printed = new WeakSet<Cell>();
  #up = 0;

  constructor(options: { inline: boolean }) {
    this.#inline = options.inline;
  }

  get size(): Size {
    const { columns, rows } = Deno.consoleSize();
    return { width: Math.max(1, columns), height: Math.max(1, rows) };
  }

  get state(): Osc7501 | undefined {
    return this.#state;
  }

  open(): void {
    Deno.stdin.setRaw(true);
    this.#write(`${this.#inline ? "" : "\x1b[?1049h\x1b[2J"}\x1b[?2004h`);
  }

  /** Restores the pane and leaves `farewell` in it. */
  close(farewell: string): void {
    const leave = this.#inline ? `${this.#home()}\x1b[J` : "\x1b[2J\x1b[?1049l";
    this.#write(
      `${leave}\x1b]0;\x07\x1b[?2004l\x1b[?25h\x1b]7501;state=clear\x1b\\${
        farewell.replaceAll("\n", "\r\n")
      }`,
    );
    Deno.stdin.setRaw(false);
  }

  title(text: string): void {
    if (text === this.#title) return;
    this.#title = text;
    this.#write(`\x1b]0;${text}\x07`);
  }

  report(state: Osc7501): void {
    if (state === this.#state) return;
    this.#state = state;
    const [name, detail] = state.split(/:(.*)/);
    this.#write(`\x1b]7501;state=${name}:app=codex${detail ? `:${detail}` : ""}\x1b\\`);
  }

  /** The pane has another size: nothing on it can be trusted. */
  forget(): void {
    this.#shown = [];
    this.#cursor = "";
    if (!this.#inline) this.#write("\x1b[2J");
  }

  draw(view: View): void {
    const text = this.#inline ? this.#inlineText(view) : this.#screenText(view);
    if (text !== "") this.#write(BEGIN + text + END);
  }

  #screenText(view: View): string {
    const { rows, cursor } = composeScreen(view, this.size);
    const changed = rows.map((row, index) =>
      row === this.#shown[index] ? "" : `\x1b[${index + 1};1H\x1b[K${row}`
    ).join("");
    this.#shown = rows;
    const place = cursor ? `\x1b[${cursor.y + 1};${cursor.x + 1}H\x1b[?25h` : "\x1b[?25l";
    if (changed === "" && place === this.#cursor) return "";
    this.#cursor = place;
    return `\x1b[?25l${changed}${place}`;
  }

  #inlineText(view: View): string {
    const { width, height } = this.size;
    const cells = view.live ? [...view.transcript, view.live] : view.transcript;
    const growing = cells.findIndex((cell) => cell.growing);
    const settled = growing < 0 ? view.transcript : view.transcript.slice(0, growing);
    const fresh = settled.filter((cell) => !this.#printed.has(cell));
    for (const cell of fresh) this.#printed.add(cell);
    const printed = fresh.flatMap((cell) => [...cell.rows(width), ""]);
    const bottom = composeBottom(view, width, height);
    const moving = cells.slice(settled.length).flatMap((cell) => [...cell.rows(width), ""]);
    const tail = [...moving, ...bottom.rows].slice(-height);
    if (printed.length === 0 && same(tail, this.#shown)) return "";
    const home = this.#home();
    this.#shown = tail;
    const y = bottom.cursor ? tail.length - bottom.rows.length + bottom.cursor.y : tail.length - 1;
    this.#up = y;
    const back = tail.length - 1 - y;
    // Row by row: tmux moves a screen that is cleared from its top into the scrollback.
    const rows = [...printed, ...tail].map((row) => `\x1b[K${row}`);
    rows.push(`\x1b[J${rows.pop() ?? ""}`);
    return home + rows.join("\r\n") +
      (back > 0 ? `\x1b[${back}A` : "") + `\r${bottom.cursor ? `\x1b[${bottom.cursor.x}C` : ""}` +
      (bottom.cursor ? "\x1b[?25h" : "\x1b[?25l");
  }

  /** To the first row that is redrawn. */
  #home(): string {
    return `\r${this.#up > 0 ? `\x1b[${this.#up}A` : ""}`;
  }

  #write(text: string): void {
    let bytes = this.#encoder.encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((row, index) => row === b[index]);
}
