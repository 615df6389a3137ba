/** What a terminal shows, with its colours, as text nodes. */
import type { ScreenRow } from "../server/wire.ts";
import { parseAnsi, type Run } from "./ansi.ts";

/**
 * The whole screen, or its last `lines` rows that say anything: trailing blank rows are dropped and
 * runs of blank rows count as one.
 */
export function Screen({ screen, lines }: { screen: ScreenRow; lines?: number }) {
  const rows = parseAnsi(screen.lines);
  const shown = lines === undefined ? trimmed(rows) : lastRows(trimmed(rows), lines);
  return (
    <div
      class="screen"
      dir="ltr"
      role="group"
      aria-label={`Screen of ${screen.agent}`}
      {...(lines === undefined ? { tabIndex: 0 } : {})}
    >
      {shown.map((runs, index) => <ScreenRowLine key={index} runs={runs} />)}
    </div>
  );
}

function ScreenRowLine({ runs }: { runs: Run[] }) {
  return (
    <div class="row">
      <Runs runs={runs} />
      {"\n"}
    </div>
  );
}

/** Text that may hold colour sequences, of one or more lines. */
export function TerminalText({ text }: { text: string }) {
  const lines = parseAnsi(text.split("\n"));
  return (
    <>
      {lines.map((runs, index) => [index > 0 && "\n", <Runs key={index} runs={runs} />])}
    </>
  );
}

function Runs({ runs }: { runs: Run[] }) {
  return (
    <>
      {runs.map(({ text, style }, index) =>
        style ? <span key={index} class={style}>{text}</span> : text
      )}
    </>
  );
}

function trimmed(rows: Run[][]): Run[][] {
  const last = rows.findLastIndex((row) => !isBlank(row));
  return rows.slice(0, last + 1);
}

function lastRows(rows: Run[][], count: number): Run[][] {
  const squeezed = rows.filter((row, index) => !isBlank(row) || !isBlank(rows[index - 1] ?? []));
  const last = squeezed.slice(-count);
  return isBlank(last[0] ?? []) ? last.slice(1) : last;
}

function isBlank(row: Run[]): boolean {
  return row.every(({ text }) => text.trim() === "");
}
