/** Tables for people: columns by display width, cut to the terminal where there is one. */
import stringWidth from "string-width";
import { type Colour, plainLine, type Terminal } from "./terminal.ts";

export interface Column<Row> {
  title: string;
  value: (row: Row) => string | null;
  colour?: (row: Row) => Colour | undefined;
  /** Numbers stand flush right. */
  is_number?: boolean;
  /** Cut first when the terminal is narrow; others stay whole as long as they can. */
  flexible?: boolean;
}

const GAP = "  ";
/** Below this a cut text says nothing. */
const LEAST_WIDTH = 8;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The table as lines, its titles first. */
export function formatTable<Row>(
  rows: readonly Row[],
  { columns, terminal }: { columns: readonly Column<Row>[]; terminal: Terminal },
): string {
  const cells = rows.map((row) => columns.map(({ value }) => plainLine(value(row) ?? "") || "-"));
  const titles = columns.map(({ title }) => title);
  const natural = columns.map((_, index) =>
    Math.max(...[titles, ...cells].map((line) => stringWidth(line[index]!)))
  );
  const widths = terminal.width === undefined ? natural : fit(natural, { columns, terminal });
  const format = (line: string[], colour: (index: number) => Colour | undefined) =>
    line.map((cell, index) => {
      const shown = cutText(cell, widths[index]!);
      const space = " ".repeat(widths[index]! - stringWidth(shown));
      const painted = terminal.paint(shown, colour(index));
      return columns[index]!.is_number ? space + painted : painted + space;
    }).join(GAP).trimEnd();
  return [
    format(titles, () => "bold"),
    ...cells.map((line, row) => format(line, (index) => columns[index]!.colour?.(rows[row]!))),
  ].join("\n");
}

/** Widths that fit the terminal: flexible columns give first, then the widest ones. */
function fit<Row>(
  natural: readonly number[],
  { columns, terminal }: { columns: readonly Column<Row>[]; terminal: Terminal },
): number[] {
  const widths = [...natural];
  const room = (terminal.width ?? Infinity) - GAP.length * (columns.length - 1);
  for (const is_flexible of [true, false]) {
    for (;;) {
      const excess = widths.reduce((sum, width) => sum + width) - room;
      if (excess <= 0) return widths;
      const widest = widths.reduce(
        (best, width, index) =>
          (columns[index]!.flexible ?? false) === is_flexible && width > LEAST_WIDTH &&
            (best < 0 || width > widths[best]!)
            ? index
            : best,
        -1,
      );
      if (widest < 0) break;
      widths[widest] = Math.max(LEAST_WIDTH, widths[widest]! - excess);
    }
  }
  return widths;
}

/** `text` in at most `width` columns; what was cut shows as "…". */
export function cutText(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
