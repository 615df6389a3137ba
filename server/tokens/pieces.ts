/**
 * Cuts a terminal's text into pieces for the tokenizer. Its cost grows with the square of a run
 * without spaces: 1,000 box-drawing characters in one piece take it 5.5 s, 20,000 letters 4.5 minutes
 * (architecture.md §4). So rules and borders are dropped and every run is bounded.
 */

/** Colours, titles and other control sequences. */
// deno-lint-ignore no-control-regex
const CONTROL = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)|.)/g;

/** Box drawing, blocks and spinners: the terminal's furniture, which no model wrote. */
const FURNITURE = /[\u2500-\u259f\u2800-\u28ff]+/g;

/** `----`, `====`, `****`: rules drawn with ordinary characters. */
const RULE = /([^\p{L}\p{N}\s])\1{3,}/gu;

/** What pads columns; indentation deeper than this is one token more or less. */
const PADDING = /\s{9,}/g;

/** The longest run without a space: 32 letters take the tokenizer 0.3 ms. */
const MOST_RUN = 32;

/** Of letters that take three bytes it is as slow with fewer. Curly quotes stay in their words. */
const MOST_WIDE_RUN = 8;
const WIDE = /[\u0800-\u1fff\u2070-\uffff]/;

/** A run with the space before it, as the tokenizer itself takes words; or the spaces before that. */
const WORD = new RegExp(` ?\\S{1,${MOST_RUN}}|\\s+(?= )|\\s+`, "g");
const WIDE_PIECE = new RegExp(`[^]{1,${MOST_WIDE_RUN}}`, "g");

/** The text line by line without what only draws; empty lines are left out. */
export function* cleanLines(text: string): Iterable<string> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end)
      .replace(CONTROL, "").replace(FURNITURE, "").replace(RULE, "")
      .replace(PADDING, " ".repeat(8)).trimEnd();
    if (line !== "") yield line;
    start = end + 1;
  }
}

/** A line's pieces, in order; together they are the line. */
export function cutPieces(line: string): string[] {
  const words = line.match(WORD) ?? [];
  return words.flatMap((word) =>
    word.length > MOST_WIDE_RUN && WIDE.test(word) ? word.match(WIDE_PIECE) ?? [] : word
  );
}
