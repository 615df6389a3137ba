/**
 * What is remembered of an agent's pane, so that nothing on its screen is told twice, also after a
 * restart. It is committed with every batch, so it is small: numbers instead of lines.
 */
import type { AgentStatus } from "../wire.ts";
import { lastLines } from "./document.ts";

export interface ClaimMemory {
  status: AgentStatus;
  detail: string | null;
  code: string | null;
  /** Names the end of the last turn that was told. */
  outcome_key: string | null;
}

export interface TextMemory {
  /** Hashes of the lines told last, oldest first. */
  lines: number[];
  /** The last characters told, without spaces: found again when a new width wraps lines anew. */
  tail: string;
  width: number;
}

export interface ScrollbackMemory extends TextMemory {
  /**
   * The first row that was not told whole, counted from the oldest row; -1 for a pane that was there
   * before us, where what has scrolled off is nobody's news …
   */
  row: number;
  /** … when so many rows had scrolled off the screen. */
  history: number;
}

export interface PaneMemory {
  /** Names the tmux server that the pane is on. */
  server: string;
  pane_id: string;
  pid: number;
  window_name: string;
  session: string;
  /** Whether the pane was found by a title, which Codex overwrites. */
  by_title: boolean;
  scrollback: ScrollbackMemory;
  alternate: TextMemory;
  /** Markers of prompts that were seen, oldest first. */
  markers: string[];
  /** Whether Codex is known to set this pane's title. */
  sets_titles: boolean;
  title: ClaimMemory | null;
  screen: ClaimMemory | null;
}

/** A screen is seldom higher, and only what is on it can be told twice. */
const KEPT_LINES = 64;
/** Prompts that can stand on one screen; an older one does not come back. */
export const KEPT_MARKERS = 16;

export function newMemory(
  pane: { pane_id: string; pane_pid: number; window_name: string; session: string },
  server: string,
): PaneMemory {
  return {
    server,
    pane_id: pane.pane_id,
    pid: pane.pane_pid,
    window_name: pane.window_name,
    session: pane.session,
    by_title: false,
    scrollback: { lines: [], tail: "", width: 0, row: -1, history: 0 },
    alternate: { lines: [], tail: "", width: 0 },
    markers: [],
    sets_titles: false,
    title: null,
    screen: null,
  };
}

/** The JSON of one agent's memory. */
export function packMemory(memory: PaneMemory): string {
  return JSON.stringify(memory, (key, value) => key === "lines" ? packLines(value) : value);
}

/** Agent → memory from a cursor's state; what cannot be read is forgotten. */
export function unpackMemories(state: string | null): Map<string, PaneMemory> {
  try {
    const packed: Record<string, PaneMemory> = JSON.parse(
      state ?? "{}",
      (key, value) => key === "lines" ? unpackLines(value) : value,
    );
    return new Map(Object.entries(packed));
  } catch {
    return new Map();
  }
}

function packLines(lines: readonly number[]): string {
  return lastLines(lines, KEPT_LINES).map((hash) => hash.toString(36)).join(" ");
}

function unpackLines(text: string): number[] {
  return text === "" ? [] : text.split(" ").map((hash) => parseInt(hash, 36));
}
