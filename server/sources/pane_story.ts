/**
 * Turns looks at one agent's pane into events, in the order in which things happened on the screen:
 * the end of an old turn, a new prompt, its output, its end. Knows no clock and no tmux.
 */
import { type Prompt, readScreen, type ScreenReading } from "../codex/screen.ts";
import { type Report, titleState } from "../codex/title.ts";
import type { EventPayload, ScreenRow } from "../wire.ts";
import type { Capture } from "./capture.ts";
import { claimAll, claimMissing, type NewClaim } from "./pane_claims.ts";
import { KEPT_MARKERS, newMemory, type PaneMemory } from "./pane_memory.ts";
import { screenKey } from "./screen_key.ts";
import { readLines, type TextMode, type Told, type ToldLine } from "./told_lines.ts";

export interface Story {
  events: EventPayload[];
  memory: PaneMemory;
  /** The screen, when it changed otherwise than by a spinner. */
  screen: ScreenRow | undefined;
  /** The number of the first row that another look needs, before anything can be told. */
  needs: number | null;
  /** When to look again even if nothing is written. */
  again_ms: number | null;
}

/** What the pane is called in events. */
export interface PaneName {
  agent: string;
  pane_id: string;
  window_name: string;
  session: string;
}

/** Codex draws its screen in pieces; a shell that took its place stays. */
const LEAVE_MS = 300;
/** A row that counts seconds is never still for so long; a command that runs is. */
const SETTLE_MS = 1_500;
/** tmux wraps at once, and Codex draws for the new width a moment later; what it is shows then … */
const RESIZE_MS = 500;
/** … and a busy one still later: so long, lines are compared without their wrapping. */
const REWRAP_MS = 5_000;
/** One event holds as much as a person reads at once, whatever a program prints. */
const EVENT_LINES = 200;

export class PaneStory {
  readonly #name: PaneName;
  #mode: TextMode | undefined;
  /** Whether Codex is, or was until now, in the scrollback and not in the alternate screen. */
  #inline = false;
  #other_since: number | undefined;
  #reports: Report[] = [];
  #report: Report | undefined;
  #content = "";
  #held: { text: string; since: number } | undefined;
  #screen_key = "";
  #width: { cells: number; since: number } | undefined;

  constructor(name: PaneName) {
    this.#name = name;
  }

  /** Status reports from the pane's output, for the next `read`. */
  hear(reports: readonly Report[]): void {
    this.#reports.push(...reports);
  }

  /** What `capture` adds to what `memory` holds. */
  read(memory: PaneMemory, capture: Capture, now: number): Story {
    if (memory.pid !== capture.pid) memory = this.#restart(memory, capture);
    else if (memory.scrollback.row < 0) memory = fromHere(memory, capture.history);
    const { width, dead, alternate } = capture;
    const reading = readScreen(capture.rows, { width, dead, alternate });
    const mode = this.#decide(reading, capture, now);
    const { resize_ms, rewrap_ms } = this.#resizeWait(width, now);
    const left = this.#mode === "codex" && mode !== undefined && mode !== "codex";
    const told = mode === undefined
      ? { lines: [], memory, needs: null, again_ms: LEAVE_MS }
      : this.#lines(memory, capture, reading, { mode, now, resizing: rewrap_ms > 0 });
    if (told.needs !== null) {
      return { events: [], memory, screen: undefined, needs: told.needs, again_ms: null };
    }
    const reports = this.#reports;
    const claimed = dead ? claimMissing(told.memory, "Its program has ended") : claimAll(
      told.memory,
      {
        title: capture.title,
        reports,
        report: this.#report,
        reading,
        codex: mode === undefined || resize_ms > 0 ? undefined : mode === "codex",
        left,
      },
    );
    const prompts = reading.prompts.filter(({ marker }) => !memory.markers.includes(marker));
    const events = this.#arrange({ now, prompts, lines: told.lines, claims: claimed.claims });
    this.#reports = [];
    this.#report = left && reports.length === 0 ? undefined : reports.at(-1) ?? this.#report;
    if (mode !== undefined) {
      this.#mode = mode;
      this.#inline = mode === "codex" && !alternate;
    }
    const markers = [...memory.markers, ...prompts.map(({ marker }) => marker)];
    return {
      events,
      memory: { ...claimed.memory, markers: markers.slice(-KEPT_MARKERS) },
      screen: this.#screen(capture, now),
      needs: null,
      again_ms: told.again_ms ?? (resize_ms || rewrap_ms || null),
    };
  }

  /** How long the screen may still be drawn for another width than the pane has. */
  #resizeWait(width: number, now: number): { resize_ms: number; rewrap_ms: number } {
    if (!this.#width) this.#width = { cells: width, since: now - REWRAP_MS };
    else if (this.#width.cells !== width) this.#width = { cells: width, since: now };
    const { since } = this.#width;
    return {
      resize_ms: Math.max(0, since + RESIZE_MS - now),
      rewrap_ms: Math.max(0, since + REWRAP_MS - now),
    };
  }

  /** Another program was started in the pane (respawn): its screen and its claims are new. */
  #restart(memory: PaneMemory, { pid, history }: Capture): PaneMemory {
    // tmux empties the screen and keeps what had scrolled off.
    const row = Math.min(Math.max(0, memory.scrollback.history), history);
    this.#mode = undefined;
    this.#report = undefined;
    this.#content = "";
    this.#held = undefined;
    const { title, screen, markers } = memory;
    return {
      ...fromHere(newMemory({ ...memory, pane_pid: pid }, memory.server), row),
      ...{ title, screen, markers },
    };
  }

  /** Tells the lines of the last look once more: they could not be stored. */
  retry(): void {
    this.#content = "";
  }

  /** Undefined while it can't be told: a half-drawn Codex, or one that shows something over it. */
  #decide(reading: ScreenReading, capture: Capture, now: number): TextMode | undefined {
    if (reading.kind === "codex") {
      this.#other_since = undefined;
      return "codex";
    }
    if (this.#mode === "codex" && !capture.dead) {
      this.#other_since ??= now;
      if (capture.alternate || now - this.#other_since < LEAVE_MS) return undefined;
    }
    this.#other_since = undefined;
    return capture.alternate ? "screen" : "scroll";
  }

  #lines(
    memory: PaneMemory,
    capture: Capture,
    reading: ScreenReading,
    { mode, now, resizing }: { mode: TextMode; now: number; resizing: boolean },
  ): Pick<Told, "lines" | "memory" | "needs"> & { again_ms: number | null } {
    const options = { mode, left_codex: this.#inline && mode === "scroll", resizing };
    if (mode !== "codex") {
      this.#content = "";
      const told = readLines(memory, capture, reading, { ...options, settled: true });
      return { ...told, again_ms: null };
    }
    const content = `${capture.width} ${resizing}\n${reading.content.join("\n")}`;
    const may_settle = this.#maySettle(memory, capture, reading);
    const due = this.#held !== undefined && now - this.#held.since >= SETTLE_MS;
    if (content === this.#content && !(may_settle === "now" || (may_settle === "later" && due))) {
      return { lines: [], memory, needs: null, again_ms: this.#wait(may_settle, now) };
    }
    const whole = readLines(memory, capture, reading, { ...options, settled: true });
    if (whole.needs !== null) return { ...whole, again_ms: null };
    this.#content = content;
    const part = readLines(memory, capture, reading, { ...options, settled: false });
    const open = whole.lines.length > part.lines.length ? part.held : null;
    if (open === null || may_settle === "now") {
      this.#held = undefined;
      return { ...whole, again_ms: null };
    }
    if (this.#held?.text !== open) this.#held = { text: open, since: now };
    if (may_settle === "later" && now - this.#held.since >= SETTLE_MS) {
      this.#held = undefined;
      return { ...whole, again_ms: null };
    }
    return { ...part, again_ms: this.#wait(may_settle, now) };
  }

  /**
   * Whether the transcript's last line has its final form: at the turn's end at once; while a text
   * streams never; else, a command that runs or an old version that shows no end, once it is still.
   */
  #maySettle(
    { sets_titles }: PaneMemory,
    { title, dead }: Capture,
    { outcome, status, status_row, dialog }: ScreenReading,
  ): "now" | "later" | "never" {
    if (dead || (outcome !== null && !status_row)) return "now";
    const report = this.#reports.at(-1) ?? this.#report;
    const state = titleState(title);
    const works = report === undefined ? state === "working" : report === "working";
    const rests = report === undefined
      ? state === "idle" || (state === undefined && sets_titles)
      : report === "done" || report === "idle" || report === "error";
    if (works && !status_row && dialog === null) return "never";
    return rests && status !== "working" ? "now" : "later";
  }

  #wait(may_settle: "now" | "later" | "never", now: number): number | null {
    if (!this.#held || may_settle !== "later") return null;
    return Math.max(0, this.#held.since + SETTLE_MS - now);
  }

  #arrange(
    news: { now: number; prompts: Prompt[]; lines: ToldLine[]; claims: NewClaim[] },
  ): EventPayload[] {
    const { now, prompts, lines, claims } = news;
    const head = { ts: now, ...this.#name };
    const output = (from: number, to: number): EventPayload[] =>
      inPieces(lines.filter(({ row }) => row >= from && row < to)).map((text) => (
        { type: "pane_output", ...head, text }
      ));
    const state = ({ source, status, detail, code, outcome }: NewClaim): EventPayload => (
      {
        type: "agent_state",
        ...head,
        status,
        status_source: source,
        status_detail: detail,
        ...(code === null ? {} : { status_code: code }),
        outcome,
      }
    );
    const seen = ({ marker, text }: Prompt): EventPayload => (
      { type: "marker_seen", ...head, marker, text }
    );
    const old = prompts.slice(0, -1).filter(hasEnded);
    const current = prompts.filter((prompt) => !old.includes(prompt));
    const from = current[0]?.row ?? old.at(-1)?.row ?? 0;
    const { before, ending } = splitClaims(claims);
    return [
      // Turns that are over (a resumed session's): their jobs end as they did, not as the last one.
      ...old.flatMap((prompt) => [seen(prompt), state(endOf(prompt))]),
      ...output(0, from),
      ...before.map(state),
      ...current.map(seen),
      ...output(from, Infinity),
      ...ending.map(state),
    ];
  }

  #screen(capture: Capture, now: number): ScreenRow | undefined {
    const key = screenKey(capture);
    if (key === this.#screen_key) return undefined;
    this.#screen_key = key;
    const { agent, pane_id } = this.#name;
    const { width, height, title, screen } = capture;
    return { agent, pane_id, ts: now, width, height, title, lines: screen };
  }
}

function fromHere(memory: PaneMemory, row: number): PaneMemory {
  return { ...memory, scrollback: { ...memory.scrollback, row, history: row } };
}

/**
 * Claims that come before the new output: a tier's up to the last that says "working", for that may
 * come after an older turn's end. The others come after it.
 */
function splitClaims(claims: readonly NewClaim[]): { before: NewClaim[]; ending: NewClaim[] } {
  const parts = (["title", "screen"] as const).map((tier) => {
    const own = claims.filter(({ source }) => source === tier);
    const last = own.findLastIndex(({ status }) => status === "working");
    return { before: own.slice(0, last + 1), ending: own.slice(last + 1) };
  });
  return {
    before: parts.flatMap(({ before }) => before),
    ending: parts.flatMap(({ ending }) => ending),
  };
}

function hasEnded({ outcome }: Prompt): boolean {
  return outcome !== null;
}

function endOf({ outcome }: Prompt): NewClaim {
  const status = outcome === "error" ? "error" : "idle";
  return { source: "screen", status, detail: null, code: null, outcome };
}

/** Texts of events; a transcript's blank row before the first line says nothing there. */
function inPieces(lines: readonly ToldLine[]): string[] {
  const first = lines[0];
  const shown = first?.text === "" && lines[1]?.row === first.row ? lines.slice(1) : lines;
  const pieces: string[] = [];
  for (let from = 0; from < shown.length; from += EVENT_LINES) {
    pieces.push(shown.slice(from, from + EVENT_LINES).map(({ text }) => text).join("\n"));
  }
  return pieces;
}
