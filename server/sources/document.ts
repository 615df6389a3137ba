/**
 * A pane's text as it was told so far, and where a screen continues it. A screen is a window on a text
 * that mostly grows at its end: older lines scroll away at the top, the last ones may still be
 * rewritten, a prompt may be pinned to the first row. Lines are compared by hash, so that a restart
 * needs to remember numbers only.
 */

/** Lines kept to compare with: more than any screen is high, little enough for every commit. */
export const DOCUMENT_LINES = 200;

/** Stands before the first line where older ones are forgotten: no line has this hash. */
export const CUT = -1;

const MATCH = 10;
/** A line that is gone from, or a row that has come into, the middle. */
const GAP = -5;
/** A first row that is known from before: the pinned prompt. */
const KNOWN_LEAD = -1;
/** Worse than any alignment, and far enough from the end of 32 bits. */
const NEVER = -1_000_000_000;

export interface Continued {
  /** Indices of the rows that were not told before, in order. */
  fresh: number[];
  /** The lines to remember from now on. */
  lines: number[];
}

export interface ContinueOptions {
  /** The rows begin far above what is remembered: whatever comes before it is old. */
  from_history?: boolean;
  /** Rows that appear between known ones are redrawn, not new: a full-screen program's. */
  only_appended?: boolean;
}

/** FNV-1a over UTF-16 units; a collision within a screen would lose one line in millions. */
export function lineHash(line: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < line.length; index++) {
    hash = Math.imul(hash ^ line.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** The last `most` of the lines, with `CUT` where there were more. */
export function lastLines(lines: readonly number[], most: number): number[] {
  return lines.length <= most ? [...lines] : [CUT, ...lines.slice(1 - most)];
}

/** Finds what `rows` (hashes, no blank ones) add to `lines`. */
export function continueDocument(
  lines: readonly number[],
  rows: readonly number[],
  options: ContinueOptions = {},
): Continued {
  const known = new Set(lines);
  const is_cut = lines[0] === CUT;
  const grows = !options.from_history && !options.only_appended;
  const matches = align(lines, rows, {
    anchor: grows ? newestAnchor(lines, rows) : undefined,
    lead: (hash, row) => {
      if (options.from_history) return 0;
      return is_cut || (row === 0 && known.has(hash)) ? KNOWN_LEAD : GAP;
    },
  });
  const first = matches.findIndex((line) => line >= 0);
  if (first < 0) return afterBreak(lines, rows, known);
  const last = matches.findLastIndex((line) => line >= 0);
  const fresh: number[] = [];
  const leads: number[] = [];
  // What stands above the oldest line that is remembered is older still: it has come back.
  const from_oldest = is_cut && matches[first] === 1;
  rows.forEach((hash, row) => {
    if (matches[row]! >= 0) return;
    if (row < first) {
      if (options.from_history || from_oldest || known.has(hash)) return;
      leads.push(hash);
    } else if (row < last && options.only_appended) return;
    fresh.push(row);
  });
  const merged = [...lines.slice(0, matches[first]), ...leads];
  let line = matches[first]!;
  rows.forEach((hash, row) => {
    if (row < first) return;
    if (matches[row]! >= 0) {
      // Codex shows the end of a long answer alone and later the whole: what is gone may come back.
      if (!options.only_appended) merged.push(...lines.slice(line, matches[row]));
      line = matches[row]! + 1;
    }
    merged.push(hash);
  });
  // Nothing follows what was found: what is missing below it may be redrawn in a moment.
  if (last === rows.length - 1) merged.push(...lines.slice(line));
  return { fresh, lines: lastLines(merged, DOCUMENT_LINES) };
}

/** Nothing in common: more was written than a screen holds. Only the pinned prompt is known then. */
function afterBreak(
  lines: readonly number[],
  rows: readonly number[],
  known: ReadonlySet<number>,
): Continued {
  let lead = 0;
  while (lead < rows.length && known.has(rows[lead]!)) lead++;
  const fresh = rows.map((_, row) => row).slice(lead);
  return { fresh, lines: lastLines([...lines, ...rows.slice(lead)], DOCUMENT_LINES) };
}

interface Anchor {
  line: number;
  row: number;
}

/**
 * The newest line that is on the screen beyond doubt: it stands once in the text and once in the rows.
 * An answer may repeat an earlier one word for word; the prompt between them does not repeat.
 */
function newestAnchor(lines: readonly number[], rows: readonly number[]): Anchor | undefined {
  const row_of = onlyIndices(rows);
  const line_of = onlyIndices(lines);
  let newest: Anchor | undefined;
  for (const [hash, row] of row_of) {
    const line = row < 0 ? -1 : line_of.get(hash) ?? -1;
    if (line >= 0 && line > (newest?.line ?? -1)) newest = { line, row };
  }
  return newest;
}

/** Where each hash stands, -1 for those that stand in more than one place. */
function onlyIndices(hashes: readonly number[]): Map<number, number> {
  const indices = new Map<number, number>();
  hashes.forEach((hash, index) => indices.set(hash, indices.has(hash) ? -1 : index));
  return indices;
}

interface AlignOptions {
  /** A line and the row that is known to show it. */
  anchor: Anchor | undefined;
  /** What a row costs that comes before the first match. */
  lead: (hash: number, row: number) => number;
}

/**
 * For each row the index of its line, or -1. The best overlap by score, where lines before the first
 * match cost nothing and neither do rows after the last line, or lines after the last row. All -1
 * when what matches is outweighed by what does not.
 */
function align(
  lines: readonly number[],
  rows: readonly number[],
  { anchor, lead }: AlignOptions,
): Int32Array {
  const width = rows.length + 1;
  const leads = new Int32Array(width);
  for (let row = 0; row < rows.length; row++) {
    leads[row + 1] = anchor && row >= anchor.row ? NEVER : leads[row]! + lead(rows[row]!, row);
  }
  const score = new Int32Array((lines.length + 1) * width);
  score.set(leads);
  for (let line = 1; line <= lines.length; line++) {
    for (let row = 0; row <= rows.length; row++) {
      const at = line * width + row;
      if (anchor && (line > anchor.line) !== (row > anchor.row)) {
        score[at] = NEVER;
        continue;
      }
      let best = Math.max(leads[row]!, score[at - width]! + GAP);
      if (row > 0) {
        best = Math.max(best, score[at - 1]! + GAP);
        if (lines[line - 1] === rows[row - 1]) {
          best = Math.max(best, score[at - width - 1]! + MATCH);
        }
      }
      score[at] = best;
    }
  }
  const latest = leads.at(-1) === 0;
  return trace({ lines, rows, leads, score, width, latest, least: anchor ? NEVER / 2 : 0 });
}

interface Scores {
  lines: readonly number[];
  rows: readonly number[];
  leads: Int32Array;
  score: Int32Array;
  width: number;
  /** Among equal overlaps the last one: repeated lines are rather the same than new. */
  latest: boolean;
  /** What an overlap has to be better than. */
  least: number;
}

function trace({ lines, rows, leads, score, width, latest, least }: Scores): Int32Array {
  const matches = new Int32Array(rows.length).fill(-1);
  let [line, row, best] = [lines.length, 0, least];
  for (let end = 0; end <= rows.length; end++) {
    const value = score[lines.length * width + end]!;
    if (value > best || (latest && value === best && best > 0)) {
      [line, row, best] = [lines.length, end, value];
    }
  }
  // A screen that ends inside the text shows less than before, which is rare; a text that repeats
  // itself looks the same. So the end has to be far worse before the middle counts.
  const at_end = Math.max(0, best);
  for (let end = 0; end < lines.length; end++) {
    const value = score[end * width + rows.length]!;
    if (value > best && value > 2 * at_end) [line, row, best] = [end, rows.length, value];
  }
  if (best === least) return matches;
  while (line > 0 && row > 0) {
    const at = line * width + row;
    const value = score[at]!;
    if (lines[line - 1] === rows[row - 1] && value === score[at - width - 1]! + MATCH) {
      matches[--row] = --line;
    } else if (value === score[at - width]! + GAP) line--;
    else if (value === score[at - 1]! + GAP) row--;
    else if (value === leads[row]!) break;
    else throw new Error("alignment without a way back");
  }
  return matches;
}
