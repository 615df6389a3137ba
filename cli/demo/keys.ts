/**
 * Bytes of a terminal in raw mode → keys, typed text and pastes. A paste is what stands between the
 * bracketed-paste marks, whatever reads it arrives in.
 */

export type Key =
  | "enter"
  | "newline"
  | "tab"
  | "back_tab"
  | "escape"
  | "backspace"
  | "delete"
  | "up"
  | "down"
  | "left"
  | "right"
  | "home"
  | "end"
  | "ctrl_c"
  | "ctrl_d"
  | "kill_to_end"
  | "kill_to_start"
  | "kill_word";

export type Input =
  | { type: "key"; key: Key }
  | { type: "text"; text: string }
  | { type: "paste"; text: string };

const PASTE_START = "\x1b[200~";
const PASTE_END = "\x1b[201~";

const CONTROLS: Record<string, Key> = {
  "\r": "enter",
  "\n": "newline",
  "\t": "tab",
  "\x7f": "backspace",
  "\b": "backspace",
  "\x01": "home",
  "\x02": "left",
  "\x03": "ctrl_c",
  "\x04": "ctrl_d",
  "\x05": "end",
  "\x06": "right",
  "\x0b": "kill_to_end",
  "\x0e": "down",
  "\x10": "up",
  "\x15": "kill_to_start",
  "\x17": "kill_word",
};

/** By final byte, or by number for `~` sequences. */
const SEQUENCES: Record<string, Key> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "back_tab",
  "1~": "home",
  "3~": "delete",
  "4~": "end",
  "7~": "home",
  "8~": "end",
};

/** `ESC [ … letter` and `ESC O letter`, or a beginning of one. */
// deno-lint-ignore no-control-regex
const SEQUENCE = /^\x1b(?:\[([0-9;?<>]*)([@-~])|O(.))/;
// deno-lint-ignore no-control-regex
const UNFINISHED = /^\x1b(?:\[[0-9;?<>]*|O)?$/;

export class KeyParser {
  readonly #decoder = new TextDecoder();
  #rest = "";
  #pasting = false;

  /** Keys of all bytes so far; an unfinished sequence or paste waits for more. */
  feed(bytes: Uint8Array): Input[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true });
    const inputs: Input[] = [];
    while (this.#rest !== "") {
      const input = this.#pasting ? this.#paste() : this.#next();
      if (input === "wait") break;
      if (input) inputs.push(input);
    }
    return inputs;
  }

  /** Whether an Escape waits to be told from the beginning of a sequence. */
  get undecided(): boolean {
    return !this.#pasting && this.#rest === "\x1b";
  }

  /** Nothing followed the Escape: it was the key. */
  decide(): Input[] {
    if (!this.undecided) return [];
    this.#rest = "";
    return [{ type: "key", key: "escape" }];
  }

  #paste(): Input | "wait" {
    const end = this.#rest.indexOf(PASTE_END);
    if (end < 0) return "wait";
    // tmux sends a newline of its buffer as a carriage return (tmux manual, paste-buffer -s).
    const text = this.#rest.slice(0, end).replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    this.#rest = this.#rest.slice(end + PASTE_END.length);
    this.#pasting = false;
    return { type: "paste", text };
  }

  #next(): Input | "wait" | undefined {
    const rest = this.#rest;
    if (rest.startsWith(PASTE_START)) {
      this.#rest = rest.slice(PASTE_START.length);
      this.#pasting = true;
      return undefined;
    }
    if (UNFINISHED.test(rest)) return "wait";
    const sequence = SEQUENCE.exec(rest);
    if (sequence) {
      this.#rest = rest.slice(sequence[0].length);
      const [, numbers = "", final = "", single = ""] = sequence;
      const key = SEQUENCES[final === "~" ? `${numbers}~` : final || single];
      return key && { type: "key", key };
    }
    return this.#plain(rest);
  }

  #plain(rest: string): Input | undefined {
    // deno-lint-ignore no-control-regex
    const text = /^[^\x00-\x1f\x7f]+/.exec(rest)?.[0];
    if (text !== undefined) {
      this.#rest = rest.slice(text.length);
      return { type: "text", text };
    }
    const char = rest.charAt(0);
    this.#rest = rest.slice(1);
    const key = char === "\x1b" ? "escape" : CONTROLS[char];
    return key && { type: "key", key };
  }
}
