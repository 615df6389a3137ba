/** One look at a pane: what it shows, and as much of what has scrolled off as is asked for. */
import { SEPARATOR } from "../tmux/command.ts";
import type { ControlClient } from "../tmux/control.ts";
import { colouredRow, plainRow } from "../tmux/rows.ts";

export interface Capture {
  pid: number;
  dead: boolean;
  title: string;
  width: number;
  height: number;
  cursor_y: number;
  alternate: boolean;
  /** How many rows have scrolled off: the number of the screen's first row. */
  history: number;
  /** The screen with its colours. */
  screen: string[];
  /** Rows without colours from number `top` to the screen's last one. */
  rows: string[];
  top: number;
  /** The same, rows that tmux wrapped joined again; empty in the alternate screen. */
  joined: string[];
}

const FIELDS = [
  "pane_pid",
  "pane_dead",
  "pane_width",
  "pane_height",
  "cursor_y",
  "alternate_on",
  "history_size",
  // Last, for it may hold anything.
  "pane_title",
];
const FORMAT = FIELDS.map((name) => `#{${name}}`).join(SEPARATOR);

/** The commands for one look; `back` rows above the screen, undefined in the alternate screen. */
function commands(pane_id: string, back: number | undefined): string[][] {
  const look = [
    ["display-message", "-p", "-t", pane_id, FORMAT],
    ["capture-pane", "-p", "-e", "-t", pane_id],
  ];
  if (back === undefined) return look;
  const from = ["-t", pane_id, "-S", String(-back)];
  return [...look, ["capture-pane", "-p", "-N", ...from], ["capture-pane", "-p", "-J", ...from]];
}

/**
 * Looks at a pane, all in one instant. With `back` also at that many rows above the screen, where
 * there are so many. Undefined when the pane or the client is gone.
 */
export async function capturePane(
  client: ControlClient,
  pane_id: string,
  back: number | undefined,
): Promise<Capture | undefined> {
  const [fields, screen, rows, joined] = await client.ask(...commands(pane_id, back));
  if (!fields?.ok || !screen?.ok) return undefined;
  const [pid, dead, width, height, cursor_y, alternate_on, history, ...title] =
    fields.rows[0]?.split(SEPARATOR) ?? [];
  const alternate = alternate_on === "1";
  const look = {
    pid: Number(pid),
    dead: dead === "1",
    title: title.join(SEPARATOR),
    width: Number(width),
    height: Number(height),
    cursor_y: Number(cursor_y),
    alternate,
    history: Number(history),
    screen: screen.rows.map(colouredRow),
  };
  if (alternate || !rows?.ok || !joined?.ok) {
    return { ...look, rows: screen.rows.map(plainRow), top: look.history, joined: [] };
  }
  const top = look.history + look.height - rows.rows.length;
  return { ...look, rows: rows.rows, top, joined: joined.rows };
}
