/**
 * The whole screen from its parts: transcript on top, then a gap, then status row, composer and
 * footer, or a dialog, at the bottom. Row by row as REC pane-idle, pane-working, pane-approval,
 * pane-narrow, pane-long and pane-planmode.
 */
import type { Cell } from "./cells.ts";
import type { Composer } from "./composer.ts";
import type { OpenDialog } from "./dialogs.ts";
import { bold, boldColour, colour, dim, promptRow } from "./style.ts";
import { columns, printable, truncate, wrap } from "./text.ts";

export const PLACEHOLDER = "Ask Codex to do anything";

export interface View {
  transcript: readonly Cell[];
  /** Below the transcript while it lasts: a running command. */
  live: Cell | undefined;
  status: string | undefined;
  dialog: OpenDialog | undefined;
  composer: Composer;
  /** A warning at the right, above the composer. */
  warning: string | undefined;
  footer: { model: string; dir: string; title: string | undefined; plan: boolean; tree: boolean };
  /** Instead of the composer, while it ends. */
  closing: boolean;
}

export interface Frame {
  rows: string[];
  /** Counted from 0; undefined hides it. */
  cursor: { x: number; y: number } | undefined;
}

export interface Size {
  width: number;
  height: number;
}

/** The alternate screen: exactly `height` rows, the bottom part at the bottom. */
export function composeScreen(view: View, { width, height }: Size): Frame {
  const bottom = composeBottom(view, width, height);
  const shown = bottom.rows.slice(0, height);
  const room = height - shown.length - 1;
  const past = room > 0 ? transcriptRows(view, width, room) : [];
  const gap = Math.max(0, height - past.length - shown.length);
  const blank = Array.from({ length: gap }, () => "");
  if (view.warning !== undefined && gap > 0 && !view.dialog) {
    blank[gap - 1] = warningRow(view.warning, width);
  }
  const y = bottom.cursor && bottom.cursor.y + past.length + gap;
  return {
    rows: [...past, ...blank, ...shown],
    cursor: bottom.cursor && y !== undefined && y < height ? { x: bottom.cursor.x, y } : undefined,
  };
}

/** Everything below the transcript, from its own blank row on. */
export function composeBottom(view: View, width: number, height: number): Frame {
  if (view.dialog) return { rows: ["", ...view.dialog.rows(width)], cursor: undefined };
  const rows = view.status === undefined ? [""] : [truncateStatus(view.status, width), "", ""];
  if (view.closing) {
    return { rows: [...rows, `${dim("›")} ${dim("Shutting down...")}`], cursor: undefined };
  }
  const footer = ["", ...footerRows(view, width)];
  const draft = draftRows(view.composer, width, Math.max(1, height - rows.length - footer.length));
  return {
    rows: [...rows, ...draft.rows, ...footer],
    cursor: { x: draft.cursor.x, y: draft.cursor.y + rows.length },
  };
}

/** The last `room` rows; a prompt that scrolled out of its own turn stays in the first one. */
function transcriptRows(view: View, width: number, room: number): string[] {
  const cells = view.live ? [...view.transcript, view.live] : view.transcript;
  const rows: string[] = [];
  const prompts: { row: number; end: number; text: string }[] = [];
  for (const cell of cells) {
    if (rows.length > 0) rows.push("");
    const own = cell.rows(width);
    if (cell.prompt !== undefined) {
      prompts.push({ row: rows.length, end: rows.length + own.length, text: cell.prompt });
    }
    rows.push(...own);
  }
  const top = rows.length - room;
  if (top <= 0) return rows;
  const shown = rows.slice(top);
  const prompt = prompts.findLast(({ row }) => row < top);
  const inPrompt = prompts.some(({ row, end }) => row <= top && top < end);
  if (prompt && !inPrompt) shown[0] = promptRow("› ", truncate(prompt.text, width - 3));
  return shown;
}

function draftRows(composer: Composer, width: number, room: number): Frame & {
  cursor: { x: number; y: number };
} {
  const lead = `${bold("›")} `;
  if (composer.empty) {
    return { rows: [lead + dim(truncate(PLACEHOLDER, width - 2))], cursor: { x: 2, y: 0 } };
  }
  const { rows, cursor } = composer.rows(width);
  const first = Math.max(0, Math.min(cursor.y - room + 1, rows.length - room));
  const shown = rows.slice(first, first + room);
  shown[0] = lead + (shown[0] ?? "").slice(2);
  return { rows: shown, cursor: { x: cursor.x, y: cursor.y - first } };
}

function footerRows(view: View, width: number): string[] {
  const { model, dir, title, plan, tree } = view.footer;
  const parts = [model, printable(dir), ...title === undefined ? [] : [printable(title)]];
  const colours = [223, 151, 117];
  const end = tree ? " · Main [default]" : "";
  const first = parts.join(" · ") + end;
  const rows = columns(first) <= width - 2
    ? [`  ${parts.map((part, index) => colour(colours[index] ?? 0, part)).join(" · ")}${end}`]
    : wrap(first, width - 2).map((row) => `  ${row}`);
  return [...rows, hintRow(width, { typing: !view.composer.empty, plan })];
}

/** Narrow panes get shorter words (REC pane-narrow); a draft hides the left half (REC pane-pasted). */
function hintRow(width: number, { typing, plan }: { typing: boolean; plan: boolean }): string {
  const agents = { text: "← for agents", shown: `${bold("←")} for agents` };
  const keys = { text: " · ? for shortcuts", shown: ` · ${bold("?")} for shortcuts` };
  const left = typing ? [{ text: "", shown: "" }] : [
    { text: agents.text + keys.text, shown: agents.shown + keys.shown },
    agents,
  ];
  const mode = plan
    ? {
      text: "Plan mode (shift+tab to cycle) · ",
      shown: `${colour(5, "Plan mode")} (${bold("shift+tab")} to cycle) · `,
    }
    : { text: "", shown: "" };
  const right = [
    {
      text: `${mode.text}⚠ 1 warning · f2 to view`,
      shown: `${mode.shown}⚠ ${colour(179, "1 warning")} · ${bold("f2")} to view`,
    },
    { text: "⚠ 1 · f2", shown: `⚠ ${colour(179, "1")} · ${bold("f2")}` },
  ];
  for (const end of right) {
    for (const start of left) {
      const gap = width - 1 - 2 - columns(start.text) - columns(end.text);
      if (gap > 0) return `  ${start.shown}${" ".repeat(gap)}${end.shown}`;
    }
  }
  return "";
}

function warningRow(text: string, width: number): string {
  const shown = truncate(text, width - 2);
  return " ".repeat(width - 1 - columns(shown)) + boldColour(179, shown);
}

/** Styles make a status row longer than it looks: where it does not fit, it loses them. */
function truncateStatus(status: string, width: number): string {
  // deno-lint-ignore no-control-regex
  const plain = status.replace(/\x1b\[[0-9;]*m/g, "");
  return columns(plain) <= width ? status : truncate(plain, width);
}
