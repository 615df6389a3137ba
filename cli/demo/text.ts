/**
 * Text in terminal columns for the demo agent: how wide it is, where it breaks, and what of it may
 * reach a terminal at all.
 */

const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200f\ufe00-\ufe0f\u{1f3fb}-\u{1f3ff}]/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** Columns that a terminal gives to `text`. */
export function columns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += NO_WIDTH.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/**
 * `text` without anything that a terminal would obey: a pasted escape sequence must not act on the
 * screen. A tab is one column (REC pane-pasted).
 */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll("\t", " ").replace(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/g, "");
}

/** `text` in at most `width` columns, its end replaced by `…` where it is longer. */
export function truncate(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = "";
  for (const char of text) {
    if (columns(kept + char) > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/**
 * One line broken into rows of at most `width` columns: at spaces, which vanish there, and after a
 * hyphen inside a word (REC pane-narrow); a longer word is cut. Leading spaces stay. At least one row.
 */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(1, width);
  const rows: string[] = [];
  let row = "";
  let gap = "";
  for (const token of text.match(/ +|[^ ]+/g) ?? []) {
    if (token.startsWith(" ")) {
      gap = token;
      continue;
    }
    for (const piece of token.split(/(?<=[\p{L}\p{N}]-)(?=[\p{L}\p{N}])/u)) {
      if (columns(row + gap + piece) <= room) {
        row += gap + piece;
      } else {
        if (row !== "") rows.push(row);
        const cut = slices(piece, room);
        rows.push(...cut.slice(0, -1));
        row = cut.at(-1) ?? "";
      }
      gap = "";
    }
  }
  return [...rows, row + (columns(row + gap) <= room ? gap : "")];
}

/** Wraps every line of `text`; `first` leads the first row, `rest` all others. */
export function block(
  text: string,
  width: number,
  { first, rest }: { first: string; rest: string },
): string[] {
  const room = width - columns(first);
  const rows = printable(text).split("\n").flatMap((line) => wrap(line, room));
  return rows.map((row, index) => (index === 0 ? first : rest) + row);
}

function slices(word: string, width: number): string[] {
  const parts: string[] = [];
  let part = "";
  for (const char of word) {
    if (part !== "" && columns(part + char) > width) {
      parts.push(part);
      part = "";
    }
    part += char;
  }
  return [...parts, part];
}
