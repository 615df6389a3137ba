/**
 * Looks at a pane before anything is typed, and says what stands in the way. Text typed into a dialog
 * has approved commands, switched models and started logins (codex.md §4).
 */
import { type Dialog, readScreen, type ScreenReading } from "../codex/screen.ts";
import { titleState } from "../codex/title.ts";
import { CodexdashError } from "../error.ts";
import { SEPARATOR, tmux, type TmuxSocket } from "../tmux/command.ts";

export interface Look {
  dead: boolean;
  /** Whether somebody reads it in copy mode. */
  in_mode: boolean;
  command: string;
  title: string;
  rows: string[];
  screen: ScreenReading;
}

/** Why a prompt cannot be typed now, for the person who sends it. */
export interface Obstacle {
  /** What is there and what to do about it. */
  text: string;
  /** Whether `--force` types all the same. */
  forcible: boolean;
}

const FORMAT = [
  "#{pane_dead}",
  "#{pane_in_mode}",
  "#{alternate_on}",
  "#{pane_width}",
  "#{pane_current_command}",
  "#{pane_title}",
].join(SEPARATOR);

/** Takes one look. Throws `CodexdashError` "not_found" when the pane is gone. */
export async function lookAt(socket: TmuxSocket, pane_id: string): Promise<Look> {
  const result = await tmux(socket, [
    ...["display-message", "-p", "-t", pane_id, FORMAT, ";"],
    ...["capture-pane", "-p", "-t", pane_id],
  ]);
  const [facts = "", ...rows] = result.stdout.replace(/\n$/, "").split("\n");
  const [dead, in_mode, alternate, width, command, ...title] = facts.split(SEPARATOR);
  // For a pane that does not exist display-message prints empty fields, and no error.
  if (!result.ok || !width) {
    throw new CodexdashError("not_found", `Cannot look at pane ${pane_id}: it is gone`);
  }
  const options = { width: Number(width), dead: dead === "1", alternate: alternate === "1" };
  return {
    dead: dead === "1",
    in_mode: in_mode !== "0",
    command: command ?? "",
    title: title.join(SEPARATOR),
    rows,
    screen: readScreen(rows, options),
  };
}

/**
 * Looks until `seen` says so, `limit_ms` at most, and returns the last look; about ten looks a second
 * at 4 ms each.
 */
export async function lookUntil(
  place: { socket: TmuxSocket; pane_id: string },
  { seen, limit_ms }: { seen: (look: Look) => boolean; limit_ms: number },
): Promise<Look> {
  const deadline = performance.now() + limit_ms;
  for (;;) {
    const look = await lookAt(place.socket, place.pane_id);
    if (seen(look) || performance.now() >= deadline) return look;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Codex takes a second or two to come up: a send right after `up` is not refused for it. */
const START_MS = 5_000;

/**
 * tmux shows a redraw in pieces: a prompt that was just sent can stand where the composer will be. A
 * person's unsent text stays.
 */
const REDRAW_MS = 500;

/** A look at a pane that has drawn something, and where that is Codex, one that has started. */
export async function lookWhenDrawn(socket: TmuxSocket, pane_id: string): Promise<Look> {
  const place = { socket, pane_id };
  const seen = ({ dead, rows, screen }: Look) =>
    dead || (!screen.starting && rows.some((row) => row.trim() !== ""));
  const look = await lookUntil(place, { seen, limit_ms: START_MS });
  if (!holdsDraft(look)) return look;
  return await lookUntil(place, { seen: (later) => !holdsDraft(later), limit_ms: REDRAW_MS });
}

function holdsDraft({ screen }: Look): boolean {
  return screen.draft !== null && screen.dialog === null;
}

/** Whether Codex waits for an answer, by the screen or by the title. */
export function isWaiting({ screen, title }: Look): boolean {
  return screen.dialog !== null || titleState(title) === "waits";
}

/** Undefined when a prompt can be typed: Codex's composer is there and empty, or a turn runs. */
export function findObstacle({ dead, command, screen, ...look }: Look): Obstacle | undefined {
  if (dead) return { text: "its program has ended; start the agents again", forcible: false };
  if (screen.draft !== null && screen.dialog === null) {
    const text = `its composer holds an unsent text, "${shorten(screen.draft)}"; send or clear it`;
    return { text, forcible: false };
  }
  if (screen.dialog !== null) {
    const detail = screen.detail ? `, "${shorten(screen.detail)}"` : "";
    return { text: dialogText(screen.dialog, detail), forcible: true };
  }
  if (titleState(look.title) === "waits") {
    return { text: "Codex waits for an answer there; give it first", forcible: true };
  }
  if (screen.starting) return { text: "Codex still starts there; try again", forcible: true };
  if (screen.kind === "codex" && screen.composer) return undefined;
  return {
    text: `it shows ${
      command || "a program"
    } instead of Codex's composer; start Codex there, or use --force`,
    forcible: true,
  };
}

function dialogText(dialog: Dialog, detail: string): string {
  switch (dialog) {
    case "approval":
      return `it asks for an approval${detail}; answer that first`;
    case "question":
      return `it asks a question${detail}; answer that first`;
    case "login":
      return "it wants a login; log in there first";
    case "trust":
      return "it asks whether the folder is trusted; answer that first";
    case "update":
      return "it offers an update; answer that first";
    case "hooks_review":
      return "it wants its hooks reviewed; do that first";
    case "usage_limit":
      return "it is at the usage limit and offers another model; answer that first";
    case "agents_center":
      return "it shows the agent command center; leave that with Escape first";
    case "menu":
      return `it shows a menu${detail}; choose there first`;
    default:
      return dialog satisfies never;
  }
}

/** The error for an agent that cannot be typed to now. */
export function refusal(
  { agent, pane_id }: { agent: string | null; pane_id: string },
  { text }: Obstacle,
): CodexdashError {
  const who = agent === null ? `pane ${pane_id}` : `"${agent}" (${pane_id})`;
  return new CodexdashError("refused", `Cannot type into ${who}: ${text}`);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
