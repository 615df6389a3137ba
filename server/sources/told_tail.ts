/**
 * The last characters that were told of a text, without spaces: where they stand, what was told ends,
 * however another width has wrapped its lines.
 */

/** Enough to be found only once on a screen … */
const TAIL_CHARS = 120;
/** … and, where its end was drawn otherwise meanwhile or its beginning is off the screen, still. */
const LEAST_TAIL_CHARS = 24;

interface TailRow {
  text: string;
}

/** The tail once `told` was told too. */
export function growTail(tail: string, told: readonly TailRow[]): string {
  return (tail + told.map(({ text }) => squeeze(text)).join("")).slice(-TAIL_CHARS);
}

/**
 * What comes after the rows that were told, where another width has wrapped the text anew: what was
 * told ends where its last characters stand, maybe in the middle of a row. Undefined where they are
 * not to be seen; with `is_whole`, where not all of them are.
 */
export function afterTail<Row extends TailRow>(
  tail: string,
  rows: readonly Row[],
  { is_whole }: { is_whole: boolean },
): Row[] | undefined {
  const texts = rows.map(({ text }) => squeeze(text));
  const end = endOfTail(tail, texts.join(""), { is_whole });
  if (end === undefined) return undefined;
  const fresh: Row[] = [];
  let start = 0;
  rows.forEach((row, index) => {
    const next = start + texts[index]!.length;
    if (start >= end) fresh.push(row);
    else if (next > end) fresh.push({ ...row, text: `  ${restOf(row.text, end - start)}` });
    start = next;
  });
  return fresh;
}

/** A row without its first `count` characters, spaces not counted. */
function restOf(text: string, count: number): string {
  let at = 0;
  for (let left = count; left > 0; at++) if (text[at]!.trim() !== "") left--;
  return text.slice(at).trimStart();
}

/**
 * Where the tail ends in a text: all of it, or all but its beginning, or, where it need not be whole,
 * as much as is still the same.
 */
function endOfTail(
  tail: string,
  text: string,
  { is_whole }: { is_whole: boolean },
): number | undefined {
  if (tail === "") return undefined;
  const at = text.lastIndexOf(tail);
  if (at >= 0) return at + tail.length;
  for (let from = 1; tail.length - from >= LEAST_TAIL_CHARS; from++) {
    if (text.startsWith(tail.slice(from))) return tail.length - from;
  }
  // A screen that is cut at its new width shows much of the tail: what follows there is not new.
  for (let to = tail.length - 1; !is_whole && to >= LEAST_TAIL_CHARS; to--) {
    const at = text.lastIndexOf(tail.slice(0, to));
    if (at >= 0) return at + to;
  }
  return undefined;
}

/** A row as it also was a moment ago: bullets blink. */
export function steady(text: string): string {
  return text.replace(/^◦/, "•");
}

function squeeze(text: string): string {
  return steady(text).replace(/\s+/g, "");
}
