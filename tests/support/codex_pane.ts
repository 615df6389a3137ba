/** A pane in which a test plays Codex: frames as 0.169 draws them, titles and status reports. */
import type { Watched } from "./watched.ts";

const ENCODER = new TextEncoder();

export interface Frame {
  /** The transcript's rows; those that do not fit scroll away at the top. */
  transcript: readonly string[];
  /** Between transcript and composer. */
  status?: string;
  /** In place of the composer. */
  dialog?: readonly string[];
  title?: string;
  /** Status reports, sent before the frame is drawn. */
  reports?: readonly string[];
  width?: number;
  height?: number;
}

export class CodexPane implements Disposable {
  readonly pane_id: string;
  readonly #terminal: Deno.FsFile;

  private constructor(pane_id: string, terminal: Deno.FsFile) {
    this.pane_id = pane_id;
    this.#terminal = terminal;
  }

  /** A session with the agent `fast`, watched, its screen the alternate one unless `inline`. */
  static async open(watched: Watched, { inline = false } = {}): Promise<CodexPane> {
    const pane_id = await watched.session("fast");
    await watched.start();
    await watched.untilFound("fast");
    const pane = new CodexPane(pane_id, await watched.terminal(pane_id));
    if (!inline) await pane.write("\x1b[?1049h");
    return pane;
  }

  /** Raw output, in one piece. */
  async write(text: string): Promise<void> {
    let bytes = ENCODER.encode(text);
    while (bytes.length > 0) bytes = bytes.subarray(await this.#terminal.write(bytes));
  }

  async draw(frame: Frame): Promise<void> {
    await this.write(frameText(frame));
  }

  [Symbol.dispose](): void {
    this.#terminal.close();
  }
}

/** A whole frame between the sequences that begin and end one. */
export function frameText(frame: Frame): string {
  const { transcript, status, dialog, title, reports = [], height = 30 } = frame;
  const composer = ["", "› Ask Codex to do anything", "", "  GPT-6.1-Sol default · /tmp/repo"];
  composer.push("  ← for agents · ? for shortcuts");
  const bottom = dialog ?? [...(status ? ["", status, ""] : [""]), ...composer];
  const room = height - bottom.length;
  const rows = transcript.slice(-room);
  const blank = Array<string>(Math.max(0, room - rows.length)).fill("");
  const screen = [...rows, ...blank, ...bottom].slice(0, height);
  const drawn = screen.map((row, index) => `\x1b[${index + 1};1H${row}\x1b[K`).join("");
  return [
    ...(title === undefined ? [] : [`\x1b]0;${title}\x07`]),
    ...reports.map((report) => `\x1b]7501;${report}\x1b\\`),
    `\x1b[?2026h${drawn}\x1b[?2026l`,
  ].join("");
}
