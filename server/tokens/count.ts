/** Counts a text's tokens piece by piece, for no longer than it may. */
import { cleanLines, cutPieces } from "./pieces.ts";

/** Words come again and again: each is counted once. Beyond this many the memory starts anew. */
const KEPT_WORDS = 20_000;

export class TokenCounter {
  readonly #count: (piece: string) => number;
  readonly #known = new Map<string, number>();

  /** `count` is the tokenizer: the number of tokens of one short piece. */
  constructor(count: (piece: string) => number) {
    this.#count = count;
  }

  /**
   * Tokens of a text. After `budget_ms` what is left is taken to have as many tokens a character as
   * what was counted.
   */
  count(text: string, { budget_ms }: { budget_ms: number }): number {
    const deadline = performance.now() + budget_ms;
    let tokens = 0;
    let counted = 0;
    let left = 0;
    for (const line of cleanLines(text)) {
      const pieces = left > 0 ? [line] : cutPieces(line);
      for (const piece of pieces) {
        if (left > 0 || performance.now() > deadline) {
          left += piece.length;
          continue;
        }
        tokens += this.#countPiece(piece);
        counted += piece.length;
      }
      // The newline is a token of its own.
      tokens += 1;
      counted += 1;
    }
    return left === 0 ? tokens : tokens + Math.ceil(left * tokens / counted);
  }

  #countPiece(piece: string): number {
    let tokens = this.#known.get(piece);
    if (tokens === undefined) {
      tokens = this.#count(piece);
      if (this.#known.size >= KEPT_WORDS) this.#known.clear();
      this.#known.set(piece, tokens);
    }
    return tokens;
  }
}
