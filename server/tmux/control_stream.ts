/**
 * tmux's control protocol as it arrives: bytes in, blocks, pane output and notifications out. Chunks
 * may end anywhere, also inside a character.
 */

/** What tmux answered to one command: everything between `%begin` and `%end` or `%error`. */
export interface Block {
  ok: boolean;
  /** Whether this client asked for it; the others come from hooks and from the attach itself. */
  own: boolean;
  rows: string[];
}

export interface ControlHandlers {
  on_block(block: Block): void;
  /** What a program wrote into its pane, still escaped: see `unescapeOutput`. */
  on_output(pane_id: string, escaped: Uint8Array): void;
  /** `%name rest`, for example `window-add` and `@5`. */
  on_notification(name: string, rest: string): void;
}

const NEWLINE = 0x0a;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const OUTPUT = new TextEncoder().encode("%output ");
const GUARD = /^%(begin|end|error) (\d+ \d+) (\d+)$/;

interface OpenBlock {
  guard: string;
  own: boolean;
  rows: string[];
}

export class ControlStream {
  readonly #handlers: ControlHandlers;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The start of a line whose end has not come yet. */
  #rest: Uint8Array[] = [];
  #open: OpenBlock | undefined;

  constructor(handlers: ControlHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#line(this.#complete(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) this.#rest.push(chunk.slice(start));
  }

  #complete(end: Uint8Array): Uint8Array {
    if (this.#rest.length === 0) return end;
    const parts = [...this.#rest, end];
    this.#rest = [];
    const line = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      line.set(part, at);
      at += part.length;
    }
    return line;
  }

  #line(line: Uint8Array): void {
    if (this.#open) return this.#blockRow(this.#open, this.#decoder.decode(line));
    if (line[0] !== PERCENT) return;
    if (OUTPUT.every((byte, index) => line[index] === byte)) return this.#output(line);
    const text = this.#decoder.decode(line);
    const guard = GUARD.exec(text);
    if (guard?.[1] === "begin") {
      this.#open = { guard: guard[2]!, own: (Number(guard[3]) & 1) === 1, rows: [] };
      return;
    }
    const space = text.indexOf(" ");
    const name = space < 0 ? text.slice(1) : text.slice(1, space);
    this.#handlers.on_notification(name, space < 0 ? "" : text.slice(space + 1));
  }

  /** A screen can show anything, "%end …" too: only the guard of the same time and number ends it. */
  #blockRow(open: OpenBlock, row: string): void {
    const guard = GUARD.exec(row);
    if (!guard || guard[1] === "begin" || guard[2] !== open.guard) {
      open.rows.push(row);
      return;
    }
    this.#open = undefined;
    this.#handlers.on_block({ ok: guard[1] === "end", own: open.own, rows: open.rows });
  }

  #output(line: Uint8Array): void {
    const space = line.indexOf(0x20, OUTPUT.length);
    if (space < 0) return;
    const pane_id = this.#decoder.decode(line.subarray(OUTPUT.length, space));
    this.#handlers.on_output(pane_id, line.subarray(space + 1));
  }
}

/**
 * The bytes that a program wrote: tmux sends a backslash and everything below a space as `\ooo`, all
 * other bytes as they are, so a character may be cut (REC control-mode).
 */
export function unescapeOutput(escaped: Uint8Array): Uint8Array {
  let from = escaped.indexOf(BACKSLASH);
  if (from < 0) return escaped;
  const bytes = new Uint8Array(escaped.length);
  bytes.set(escaped.subarray(0, from));
  let to = from;
  while (from < escaped.length) {
    const byte = escaped[from]!;
    if (byte === BACKSLASH && from + 3 < escaped.length) {
      bytes[to++] = ((escaped[from + 1]! & 7) << 6) | ((escaped[from + 2]! & 7) << 3) |
        (escaped[from + 3]! & 7);
      from += 4;
    } else {
      bytes[to++] = byte;
      from += 1;
    }
  }
  return bytes.subarray(0, to);
}
