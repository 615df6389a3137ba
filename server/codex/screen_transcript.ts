/** The transcript part of a Codex screen: prompts, turns and how they ended. */
import type { TurnOutcome } from "../wire.ts";
import { findMarkers } from "./markers.ts";
import { COMMAND, INTERRUPTED, NOTE, NOTICE, PICTURE, WORKED } from "./screen_patterns.ts";

/** A prompt that was sent, in the transcript, with a marker. */
export interface Prompt {
  marker: string;
  /** What follows the marker, wrapped rows joined; as far as the screen shows it. */
  text: string;
  /** Index of its first row. */
  row: number;
  /** How its turn ended, if the screen shows that. */
  outcome: TurnOutcome | null;
  /** What a failed turn failed with. */
  error: string | null;
}

/** Narrower panes than this wrap even the first words. */
const KEY_CHARS = 32;

export interface ScreenOptions {
  /** The pane's width tells a wrapped prompt from one of several lines. */
  width?: number;
  /** Whether tmux calls the pane dead. */
  dead?: boolean;
  /** In the alternate screen Codex keeps the running prompt in row 0 (REC pane-long). */
  alternate?: boolean;
}

/** A stretch of the transcript: what comes after a prompt, after a command such as /status, or first. */
export interface Turn {
  begin: "prompt" | "command" | "top";
  /** Whether anything was answered. */
  answered: boolean;
  outcome: TurnOutcome | null;
  error: string | null;
  /** Names its end: `prompt` "\n" `end`, as much of both as every width and a pinned row show. */
  key: string;
}

export interface Transcript {
  turns: Turn[];
  prompts: Prompt[];
  marker: Prompt | null;
  marker_outcome: TurnOutcome | null;
  content: string[];
  content_rows: number[];
}

/** The rows before `end`: prompts, turns and content. */
export function readTranscript(
  screen: readonly string[],
  end: number,
  options: ScreenOptions,
): Transcript {
  const rows = screen.slice(0, end).map((row) => NOTE.test(row) || PICTURE.test(row) ? "" : row);
  const turns: Turn[] = [];
  const prompts: Prompt[] = [];
  let from = 0;
  let begin: Turn["begin"] = "top";
  let prompt = "";
  let own: Prompt[] = [];
  const close = (to: number) => {
    const turn = readTurn(rows, { begin, prompt, from, to });
    for (const prompt of own) Object.assign(prompt, { outcome: turn.outcome, error: turn.error });
    turns.push(turn);
  };
  for (let row = 0; row < end; row++) {
    const is_prompt = rows[row]!.startsWith("›");
    if (!is_prompt && !COMMAND.test(rows[row]!)) continue;
    close(row);
    begin = is_prompt ? "prompt" : "command";
    from = is_prompt ? promptEnd(rows, row, end, options) : row + 1;
    own = is_prompt ? readPrompts(rows.slice(row, from), row, options.width) : [];
    prompts.push(...own);
    prompt = is_prompt ? own.at(-1)?.marker ?? rows[row]!.slice(0, KEY_CHARS) : "";
    row = from - 1;
  }
  close(end);
  let [first, last] = [0, end];
  while (first < last && isBlank(rows[first]!)) first++;
  while (last > first && isBlank(rows[last - 1]!)) last--;
  const marker = prompts.at(-1) ?? null;
  return {
    turns,
    prompts,
    marker,
    marker_outcome: marker?.outcome ?? null,
    content: rows.slice(first, last),
    content_rows: Array.from({ length: last - first }, (_, index) => first + index),
  };
}

interface Stretch {
  begin: Turn["begin"];
  /** Its marker, else the first words; "" where no prompt is shown. */
  prompt: string;
  from: number;
  to: number;
}

function readTurn(rows: readonly string[], { begin, prompt, from, to }: Stretch): Turn {
  let error: string | null = null;
  let outcome: TurnOutcome | null = null;
  let answered = false;
  let end = "";
  for (let row = from; row < to; row++) {
    const text = rows[row]!;
    if (text.startsWith("• ") && !NOTICE.test(text)) answered = true;
    if (text.startsWith("■ ") && outcome === null) {
      outcome = INTERRUPTED.test(text) ? "interrupted" : "error";
      if (outcome === "error") error = paragraph(rows, row).slice(2);
      end = text;
    }
    if (WORKED.test(text) && isLastOfTurn(rows, row, to)) {
      outcome = "done";
      end = text;
    }
  }
  return { begin, answered, outcome, error, key: `${prompt}\n${end.slice(0, KEY_CHARS)}` };
}

/** An answer that goes on below is indented; then the words were its own. */
function isLastOfTurn(rows: readonly string[], row: number, to: number): boolean {
  if (row > 0 && !isBlank(rows[row - 1]!)) return false;
  let next = row + 1;
  while (next < to && isBlank(rows[next]!)) next++;
  return next >= to || !rows[next]!.startsWith(" ");
}

/** One past a prompt's last row: continuations are indented; one blank row may be the prompt's own. */
function promptEnd(
  rows: readonly string[],
  first: number,
  end: number,
  { alternate = true }: ScreenOptions,
): number {
  const cut = rows[first]!.lastIndexOf("[JOB:") > rows[first]!.lastIndexOf("]");
  if (first === 0 && alternate && !cut) return 1;
  let row = first + 1;
  while (row < end) {
    if (isContinuation(rows[row]!)) row++;
    else if (isBlank(rows[row]!) && row + 1 < end && isContinuation(rows[row + 1]!)) row += 2;
    else break;
  }
  return row;
}

function isContinuation(row: string): boolean {
  return row.startsWith("  ") && !WORKED.test(row);
}

function readPrompts(rows: readonly string[], row: number, width: number | undefined): Prompt[] {
  const text = joinRows([rows[0]!.slice(1).trim(), ...rows.slice(1)], width);
  let rest = text;
  return findMarkers(text).map((marker) => {
    const word = `[JOB:${marker}]`;
    rest = rest.slice(rest.indexOf(word) + word.length);
    const next = rest.indexOf("[JOB:");
    const own = next < 0 ? rest : rest.slice(0, next);
    return { marker, text: own.trim(), row, outcome: null, error: null };
  });
}

/** The row and those that follow it without a blank row, joined. */
export function paragraph(rows: readonly string[], first: number): string {
  return joinRows(rows.slice(first, nextBlank(rows, first))).trim();
}

/** The first blank row below, or one past the last row. */
export function nextBlank(rows: readonly string[], above: number): number {
  let row = above + 1;
  while (row < rows.length && !isBlank(rows[row]!)) row++;
  return row;
}

/**
 * Rows as the text that was wrapped into them. A row ended at a space or at a hyphen because the next
 * word had no room; where it had room (seen only with the width) or the row is blank, the text itself
 * has a line end. The first row has lost its `› `.
 */
export function joinRows(rows: readonly string[], width?: number): string {
  let text = rows[0] ?? "";
  let length = text.length + 2;
  for (const row of rows.slice(1)) {
    const part = row.replace(/^ {1,2}/, "");
    const word = part.split(" ", 1)[0]!.length;
    const fitted = width !== undefined && length + 1 + word < width - 1;
    const line_end = isBlank(row) || text.endsWith("\n") || fitted;
    text += (line_end ? "\n" : text.endsWith("-") ? "" : " ") + part;
    length = row.length;
  }
  return text;
}

export function isBlank(row: string): boolean {
  return row.trim() === "";
}
