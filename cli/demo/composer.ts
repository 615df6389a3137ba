/**
 * The draft at the bottom of the pane: what the editing keys do to it, measured on the real composer
 * (codex.md §4): C-k and C-u act on the cursor's line only, so earlier lines of a draft stay.
 */
import type { Key } from "./keys.ts";
import { block, columns } from "./text.ts";

/** Codex folds a longer paste into `[Pasted Content N chars]` until it is submitted. */
const LONGEST_SHOWN_PASTE = 1000;

export class Composer {
  #text = "";
  #cursor = 0;
  readonly #folded = new Map<string, string>();

  get empty(): boolean {
    return this.#text === "";
  }

  insert(text: string): void {
    this.#replace(this.#cursor, this.#cursor, text);
  }

  paste(text: string): void {
    const chars = Array.from(text).length;
    if (chars <= LONGEST_SHOWN_PASTE) return this.insert(text);
    let label = `[Pasted Content ${chars} chars]`;
    for (let copy = 2; this.#folded.has(label); copy++) {
      label = `[Pasted Content ${chars} chars] #${copy}`;
    }
    this.#folded.set(label, text);
    this.insert(label);
  }

  clear(): void {
    this.#text = "";
    this.#cursor = 0;
    this.#folded.clear();
  }

  /** The whole draft as it is submitted; the composer is empty afterwards. */
  take(): string {
    let text = this.#text;
    for (const [label, pasted] of this.#folded) text = text.replace(label, () => pasted);
    this.clear();
    return text;
  }

  /** Applies an editing key; false for a key that edits nothing. */
  press(key: Key): boolean {
    const start = this.#text.lastIndexOf("\n", this.#cursor - 1) + 1;
    const end = this.#lineEnd(this.#cursor);
    switch (key) {
      case "newline":
        this.insert("\n");
        return true;
      case "backspace":
        this.#replace(this.#before(), this.#cursor, "");
        return true;
      case "delete":
        this.#replace(this.#cursor, this.#after(), "");
        return true;
      case "left":
        this.#cursor = this.#before();
        return true;
      case "right":
        this.#cursor = this.#after();
        return true;
      case "home":
        this.#cursor = start;
        return true;
      case "end":
        this.#cursor = end;
        return true;
      case "up":
        this.#cursor = start === 0 ? 0 : this.#lineStart(start - 1);
        return true;
      case "down":
        this.#cursor = end === this.#text.length ? end : this.#lineEnd(end + 1);
        return true;
      case "kill_to_end":
        this.#replace(this.#cursor, this.#cursor === end ? this.#after() : end, "");
        return true;
      case "kill_to_start":
        this.#replace(start, this.#cursor, "");
        return true;
      case "kill_word":
        this.#replace(this.#text.slice(0, this.#cursor).search(/\S*\s*$/), this.#cursor, "");
        return true;
      default:
        return false;
    }
  }

  /** The draft's rows at `width` and where its cursor is in them, counted from 0. */
  rows(width: number): { rows: string[]; cursor: { x: number; y: number } } {
    const shown = (text: string) => block(text, width - 1, { first: "  ", rest: "  " });
    const before = shown(this.#text.slice(0, this.#cursor));
    return {
      rows: shown(this.#text),
      cursor: { x: columns(before.at(-1) ?? ""), y: before.length - 1 },
    };
  }

  #replace(from: number, to: number, text: string): void {
    this.#text = this.#text.slice(0, from) + text + this.#text.slice(to);
    this.#cursor = from + text.length;
  }

  /** Where the character before the cursor starts; a folded paste is one character. */
  #before(): number {
    const before = this.#text.slice(0, this.#cursor);
    const label = [...this.#folded.keys()].find((label) => before.endsWith(label));
    const char = label ?? Array.from(before.slice(-2)).at(-1) ?? "";
    return this.#cursor - char.length;
  }

  #after(): number {
    const after = this.#text.slice(this.#cursor);
    const label = [...this.#folded.keys()].find((label) => after.startsWith(label));
    const char = label ?? Array.from(after.slice(0, 2)).at(0) ?? "";
    return this.#cursor + char.length;
  }

  #lineStart(at: number): number {
    return at === 0 ? 0 : this.#text.lastIndexOf("\n", at - 1) + 1;
  }

  #lineEnd(at: number): number {
    const end = this.#text.indexOf("\n", at);
    return end < 0 ? this.#text.length : end;
  }
}
