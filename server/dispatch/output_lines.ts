/** Cuts a byte stream into lines for events, while the bytes themselves go on unchanged. */

/**
 * Longest piece of a line in one event, in characters: in the worst case JSON makes six bytes of each,
 * which is still well under the default limit of an event line.
 */
export const MAX_LINE_TEXT = 16_384;

/**
 * Complete lines, decoded: invalid UTF-8 becomes U+FFFD, a line over the bound comes in pieces, `\n` and
 * a `\r` before it are not part of it.
 */
export class OutputLines {
  readonly #decoder = new TextDecoder();
  readonly #max: number;
  #rest = "";

  constructor(max = MAX_LINE_TEXT) {
    this.#max = max;
  }

  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): string[] {
    return this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The line that the stream ended in, if any. */
  end(): string[] {
    const lines = this.#cut(this.#decoder.decode());
    if (this.#rest !== "") lines.push(this.#rest);
    this.#rest = "";
    return lines;
  }

  #cut(text: string): string[] {
    const parts = (this.#rest + text).split("\n");
    this.#rest = parts.pop() ?? "";
    const lines = parts.flatMap((line) => this.#pieces(line.replace(/\r$/, "")));
    if (this.#rest.length > this.#max) {
      const pieces = this.#pieces(this.#rest);
      this.#rest = pieces.pop() ?? "";
      lines.push(...pieces);
    }
    return lines;
  }

  #pieces(line: string): string[] {
    if (line.length <= this.#max) return [line];
    const pieces: string[] = [];
    for (let start = 0; start < line.length;) {
      let end = Math.min(start + this.#max, line.length);
      // Never between the two halves of a character.
      if (end < line.length && /[\uD800-\uDBFF]/.test(line.charAt(end - 1))) end -= 1;
      pieces.push(line.slice(start, end));
      start = end;
    }
    return pieces;
  }
}
