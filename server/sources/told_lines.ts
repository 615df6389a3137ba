/**
 * Which lines of a pane are new since it was looked at last. Codex's transcript and full-screen
 * programs are compared with what was told before; a plain terminal's scrollback is followed by row
 * number, so that there even a thousand equal lines are told one by one.
 */
import type { ScreenReading } from "../codex/screen.ts";
import { DEAD_ROW } from "../codex/screen_patterns.ts";
import type { Capture } from "./capture.ts";
import {
  continueDocument,
  type ContinueOptions,
  CUT,
  DOCUMENT_LINES,
  lineHash,
} from "./document.ts";
import type { PaneMemory, ScrollbackMemory, TextMemory } from "./pane_memory.ts";
import { afterTail, growTail, steady } from "./told_tail.ts";

/** How a pane's text grows. */
export type TextMode = "codex" | "screen" | "scroll";

export interface ToldLine {
  text: string;
  /** Index in the capture's rows. */
  row: number;
}

export interface Told {
  lines: ToldLine[];
  /** The last line of a transcript, which may still grow. */
  held: string | null;
  memory: PaneMemory;
  /** When rows are missing: the number of the first one that is needed. */
  needs: number | null;
}

export interface LookOptions {
  mode: TextMode;
  /** Whether Codex was in the scrollback until now. */
  left_codex: boolean;
  /** Whether the transcript's last line has its final form. */
  settled: boolean;
  /** Whether the pane's width changed a moment ago, so that the screen may not be drawn anew yet. */
  resizing: boolean;
}

/** Rows above the last told line, to see that it is still where it was. */
const ANCHOR_ROWS = 20;
/** tmux keeps 2,000 rows by default; more at once would hold up everything else. */
export const MOST_ROWS = 5_000;
/** The width of a text that may not be drawn for the pane's own yet. */
const REWRAPPING = 0;

/** The number of the first row that the next look needs. */
export function neededRow(memory: PaneMemory): number {
  return Math.max(0, Math.min(memory.scrollback.row - ANCHOR_ROWS, memory.scrollback.history));
}

/** What is new in `capture`. Pure: the caller keeps `memory` once the lines are stored. */
export function readLines(
  memory: PaneMemory,
  capture: Capture,
  reading: ScreenReading,
  options: LookOptions,
): Told {
  switch (options.mode) {
    case "codex":
      return readTranscript(memory, capture, reading, options);
    case "screen":
      return readFullScreen(memory, capture, options);
    case "scroll":
      return options.left_codex ? leaveCodex(memory, capture) : readScrollback(memory, capture);
    default:
      return options.mode satisfies never;
  }
}

/** Codex: the content above the composer, in the alternate screen or in the scrollback. */
function readTranscript(
  memory: PaneMemory,
  capture: Capture,
  reading: ScreenReading,
  { settled, resizing }: LookOptions,
): Told {
  const from = capture.alternate ? capture.top : lastScreen(memory, capture);
  if (capture.top > from && !hasAll(capture)) return missing(memory, from);
  const rows = reading.content
    .map((text, index) => ({ text, row: reading.content_rows[index]! }))
    .filter(({ text, row }) => text !== "" && capture.top + row >= from);
  const held = settled ? undefined : rows.pop();
  const text = capture.alternate ? memory.alternate : memory.scrollback;
  const { lines, text: now } = compare(text, capture, rows, { resizing });
  const place = { row: capture.history, history: capture.history };
  return {
    lines,
    held: held?.text ?? null,
    memory: capture.alternate
      ? { ...memory, alternate: now }
      : { ...memory, scrollback: { ...now, ...place } },
    needs: null,
  };
}

/** A full-screen program: what moved up from below. */
function readFullScreen(
  memory: PaneMemory,
  capture: Capture,
  { resizing }: LookOptions,
): Told {
  const rows = capture.rows
    .map((text, row) => ({ text: text.trimEnd(), row }))
    .filter(({ text }) => text !== "");
  // A line that is being written; in a dead pane tmux's own notice.
  if (rows.at(-1)?.row === capture.cursor_y) rows.pop();
  const { lines, text } = compare(memory.alternate, capture, rows, {
    only_appended: true,
    resizing,
  });
  return { lines, held: null, memory: { ...memory, alternate: text }, needs: null };
}

interface CompareOptions extends ContinueOptions {
  resizing: boolean;
}

/** Compares rows with the lines told before. */
function compare(
  text: TextMemory,
  capture: Capture,
  rows: readonly ToldLine[],
  options: CompareOptions,
): { lines: ToldLine[]; text: TextMemory } {
  const rewrapped = text.width !== capture.width && text.lines.length > 0;
  const after_tail = rewrapped
    ? afterTail(text.tail, rows, { is_whole: options.resizing })
    : undefined;
  if (rewrapped && options.resizing && !after_tail) {
    return { lines: [], text: { ...text, width: REWRAPPING } };
  }
  const { told, lines } = after_tail
    ? { told: after_tail, lines: [CUT, ...rows.map(({ text }) => lineKey(text))] }
    : continued(text.lines, rows, options);
  const tail = growTail(text.tail, told);
  return {
    lines: withBlanks(told, capture.rows),
    text: rewrapped && options.resizing
      ? { ...text, tail, width: REWRAPPING }
      : { lines, tail, width: capture.width },
  };
}

function continued(
  lines: readonly number[],
  rows: readonly ToldLine[],
  options: CompareOptions,
): { told: ToldLine[]; lines: number[] } {
  const { fresh, lines: now } = continueDocument(
    lines,
    rows.map(({ text }) => lineKey(text)),
    options,
  );
  return { told: fresh.map((index) => rows[index]!), lines: now };
}

/** A plain terminal: every line that the cursor has left, by its place in the scrollback. */
function readScrollback(memory: PaneMemory, capture: Capture): Told {
  const { row, history, width, lines: told_before } = memory.scrollback;
  if (capture.top > row && !hasAll(capture)) return missing(memory, row - ANCHOR_ROWS);
  const { lines, current } = finishedLines(capture);
  const grown = capture.history >= history &&
    (width === capture.width || told_before.length === 0);
  if (grown && isInPlace(memory.scrollback, lines)) {
    const told = lines.filter(({ number }) => number >= row);
    return tellScrollback(memory, capture, told, Math.max(row, current));
  }
  // Rows were dropped, cleared or wrapped anew: the lines say where we were.
  if (!hasAll(capture)) return missing(memory, 0);
  const solid = lines.filter(({ text }) => text !== "");
  const hashes = solid.map(({ text }) => lineKey(text));
  const { fresh } = continueDocument(told_before, hashes, { from_history: true });
  return tellScrollback(memory, capture, fresh.map((index) => solid[index]!), current);
}

/** Codex has left the ordinary screen to a shell: what it had told stays told. */
function leaveCodex(memory: PaneMemory, capture: Capture): Told {
  const from = lastScreen(memory, capture);
  if (capture.top > from && !hasAll(capture)) return missing(memory, from);
  const { lines, current } = finishedLines(capture);
  const solid = lines.filter(({ text, number }) => text !== "" && number >= from);
  const hashes = solid.map(({ text }) => lineKey(text));
  const { fresh } = continueDocument(memory.scrollback.lines, hashes);
  return tellScrollback(memory, capture, fresh.map((index) => solid[index]!), current);
}

/** Whether there is nothing more to be had. */
function hasAll(capture: Capture): boolean {
  return capture.top === 0 || capture.rows.length >= MOST_ROWS;
}

/** The number of the row that was the screen's first at the last look. */
function lastScreen(memory: PaneMemory, capture: Capture): number {
  return Math.min(memory.scrollback.history, capture.history);
}

interface NumberedLine extends ToldLine {
  /** The number of its first row in the scrollback. */
  number: number;
}

/**
 * The lines above the cursor's, wrapped rows joined, and the number of the row where that begins. A
 * dead pane's are all there is: tmux has put the cursor at the bottom, on its own notice.
 */
function finishedLines(capture: Capture): { lines: NumberedLine[]; current: number } {
  const cursor = capture.dead ? Infinity : capture.history + capture.cursor_y;
  const lines: NumberedLine[] = [];
  let row = 0;
  for (const { text, rows } of logicalLines(capture)) {
    if (capture.top + row + rows > cursor) break;
    lines.push({ text: text.trimEnd(), row, number: capture.top + row });
    row += rows;
  }
  while (capture.dead && isAfterDeath(lines.at(-1)?.text)) row = lines.pop()!.row;
  return { lines, current: capture.top + row };
}

/** Lines and how many rows each takes: a joined line is its rows put together, to the character. */
function logicalLines({ rows, joined }: Capture): { text: string; rows: number }[] {
  const lines: { text: string; rows: number }[] = [];
  let row = 0;
  for (const text of joined) {
    const first = row;
    let length = 0;
    do length += rows[row++]?.length ?? 0; while (length < text.length && row < rows.length);
    if (length !== text.length) return rows.map((text) => ({ text, rows: 1 }));
    lines.push({ text, rows: row - first });
  }
  return lines;
}

/** Whether the line before the first untold row is the one that was told last. */
function isInPlace(memory: ScrollbackMemory, lines: readonly NumberedLine[]): boolean {
  const last = lines.findLast(({ text, number }) => text !== "" && number < memory.row);
  return !last || memory.lines.length === 0 || lineKey(last.text) === memory.lines.at(-1);
}

function tellScrollback(
  memory: PaneMemory,
  capture: Capture,
  told: readonly NumberedLine[],
  row: number,
): Told {
  const { lines, tail } = memory.scrollback;
  const hashes = told.filter(({ text }) => text !== "").map(({ text }) => lineKey(text));
  const scrollback = {
    lines: [...lines, ...hashes].slice(-DOCUMENT_LINES),
    tail,
    width: capture.width,
    row,
    history: capture.history,
  };
  return { lines: [...told], held: null, memory: { ...memory, scrollback }, needs: null };
}

function missing(memory: PaneMemory, row: number): Told {
  return { lines: [], held: null, memory, needs: Math.max(0, row) };
}

/** A blank row between two told lines is told with them. */
function withBlanks(told: readonly ToldLine[], rows: readonly string[]): ToldLine[] {
  return told.flatMap((line, index) => {
    const above = rows[line.row - 1];
    return index > 0 && above !== undefined && above.trim() === ""
      ? [{ text: "", row: line.row }, line]
      : [line];
  });
}

/** What a row has in common with itself a moment later: bullets blink and seconds count. */
function lineKey(text: string): number {
  return lineHash(steady(text).replace(/\b\d+s\b/g, "_s"));
}

/** What is below a dead program's last line. */
function isAfterDeath(text: string | undefined): boolean {
  return text === "" || (text !== undefined && DEAD_ROW.test(text));
}
