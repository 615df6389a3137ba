/**
 * Codex takes keys that arrive faster than a person types for a paste without marks, and an Enter right
 * behind them for a newline of it: the draft stays unsent (codex.md §4). A marked paste is none.
 */

/** The real program's own figures. */
const GAP_MS = 8;
const KEYS = 3;
const ENTER_MS = 120;

export class Burst {
  #keys = 0;
  #last = -Infinity;

  /** A character was typed at `now`, in milliseconds. */
  typed(now: number): void {
    this.#keys = now - this.#last <= GAP_MS ? this.#keys + 1 : 1;
    this.#last = now;
  }

  /** Whether an Enter at `now` is a newline. */
  takesEnter(now: number): boolean {
    return this.#keys >= KEYS && now - this.#last < ENTER_MS;
  }
}
