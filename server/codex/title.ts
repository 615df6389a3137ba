/**
 * What Codex reports beside the text that it draws: the pane's title, `OSC 7501` status reports, and
 * where a frame begins and ends (codex.md §3; REC control-mode, control-mode-approval, osc7501).
 */
import type { AgentStatus, TurnOutcome } from "../wire.ts";

/** What a title says by itself. */
export type TitleState = "working" | "waits" | "idle";

/** `⠹ task | repo`; the spinner is any braille character. */
const SPINNER = /^[\u2800-\u28ff](?: |$)/;
/** `[ ! ] Action Required | task | repo`, blinking with `[ . ]`. */
const WAITS = /^\[ [!.] \] Action Required/;
/**
 * Items of `tui.terminal_title` with which a pane names its thread: `⠹ 01a1fbd6-e165-…`. Without
 * `activity` no title says that Codex waits for an answer (REC titles, `approval-run-state`).
 */
export const TITLE_ITEMS: readonly string[] = ["activity", "thread-id"];

/** The item `run-state` where `tui.terminal_title` starts with it: `Ready | 01a1fbd6-e165-…`. */
const RUN_STATES: Readonly<Record<string, TitleState>> = {
  Ready: "idle",
  Working: "working",
  Thinking: "working",
};

/**
 * Undefined for a title that Codex may or may not have set: `repo` and `task | repo` mean idle only
 * where Codex is known to set titles (0.101 never does, REC old-0.101.0-pane-idle).
 */
export function titleState(title: string): TitleState | undefined {
  if (SPINNER.test(title)) return "working";
  if (WAITS.test(title)) return "waits";
  const first = title.split(" | ", 1)[0]!;
  return Object.hasOwn(RUN_STATES, first) ? RUN_STATES[first] : undefined;
}

/** A title that two frames of a spinner or a blink have in common. */
export function stillTitle(title: string): string {
  return title.replace(SPINNER, "⠿ ").replace(/^\[ \. \] /, "[ ! ] ");
}

/** One status report; `permission` and `question` are the two kinds of "blocked". */
export type Report =
  | "working"
  | "done"
  | "idle"
  | "error"
  | "permission"
  | "question"
  | "clear";

/** `state=blocked:app=codex:kind=permission` → "permission"; undefined for anything unknown. */
export function parseReport(body: string): Report | undefined {
  const fields = new Map(
    body.split(":").map((field) => {
      const equals = field.indexOf("=");
      return [field.slice(0, equals), field.slice(equals + 1)];
    }),
  );
  if ((fields.get("app") ?? "codex") !== "codex") return undefined;
  const state = fields.get("state");
  switch (state) {
    case "working":
    case "done":
    case "idle":
    case "error":
    case "clear":
      return state;
    case "blocked":
      return fields.get("kind") === "question" ? "question" : "permission";
    default:
      return undefined;
  }
}

const ESC = 0x1b;
const BEL = 0x07;
const BACKSLASH = 0x5c;
/** Reports are short; a longer sequence is something else and is skipped to its end. */
const LONGEST_REPORT = 256;
const REPORT = "7501;";
const FRAME_START = "?2026h";
const FRAME_END = "?2026l";

/**
 * Reads a pane's output byte by byte, chunks cut anywhere. tmux 3.3a itself drops the reports, so
 * nothing else tells of them.
 */
export class OutputReader {
  #state: "text" | "escape" | "osc" | "osc_escape" | "csi" = "text";
  #held = "";
  /** Whether a frame was begun and not ended: what the screen shows now is half drawn. */
  frame_open = false;

  /** The reports in this chunk, in order. */
  feed(bytes: Uint8Array): Report[] {
    const reports: Report[] = [];
    let at = this.#state === "text" ? nextEscape(bytes, 0) : 0;
    while (at < bytes.length) {
      const report = this.#byte(bytes[at]!);
      if (report) reports.push(report);
      at = this.#state === "text" ? nextEscape(bytes, at + 1) : at + 1;
    }
    return reports;
  }

  #byte(byte: number): Report | undefined {
    switch (this.#state) {
      case "text":
        if (byte === ESC) this.#state = "escape";
        return undefined;
      case "escape":
        this.#held = "";
        // `]` opens an OSC, `[` a CSI; another escape starts anew.
        this.#state = byte === 0x5d
          ? "osc"
          : byte === 0x5b
          ? "csi"
          : byte === ESC
          ? "escape"
          : "text";
        return undefined;
      case "csi":
        if (byte === ESC) this.#state = "escape";
        else this.#csi(byte);
        return undefined;
      case "osc":
        if (byte === BEL) return this.#endOsc();
        if (byte === ESC) this.#state = "osc_escape";
        else if (this.#held.length <= LONGEST_REPORT) this.#held += String.fromCharCode(byte);
        return undefined;
      case "osc_escape": {
        if (byte === BACKSLASH) return this.#endOsc();
        // Not the end that an OSC has: the escape began another sequence.
        this.#state = "escape";
        return this.#byte(byte);
      }
      default:
        return this.#state satisfies never;
    }
  }

  #csi(byte: number): void {
    if (this.#held.length < FRAME_START.length) this.#held += String.fromCharCode(byte);
    // Parameters and intermediates are below `@`; anything from there ends the sequence.
    if (byte >= 0x20 && byte < 0x40) return;
    if (this.#held === FRAME_START) this.frame_open = true;
    else if (this.#held === FRAME_END) this.frame_open = false;
    this.#state = "text";
  }

  #endOsc(): Report | undefined {
    this.#state = "text";
    const fits = this.#held.startsWith(REPORT) && this.#held.length <= LONGEST_REPORT;
    return fits ? parseReport(this.#held.slice(REPORT.length)) : undefined;
  }
}

function nextEscape(bytes: Uint8Array, from: number): number {
  const at = bytes.indexOf(ESC, from);
  return at < 0 ? bytes.length : at;
}

/** What the title tier claims. */
export interface TitleClaim {
  status: AgentStatus;
  outcome: TurnOutcome | null;
}

/**
 * The claim of a title and the last report together. A report is exact and comes first: an approval
 * is reported a second before its title (REC control-mode-approval). Where no report was heard, the
 * title counts; a plain one only where Codex is known to set titles.
 */
export function titleClaim(
  seen: { title: string; report: Report | undefined; sets_titles: boolean; question: boolean },
): TitleClaim {
  if (seen.report && seen.report !== "clear") return reportClaim(seen.report);
  switch (titleState(seen.title)) {
    case "working":
      return { status: "working", outcome: null };
    case "waits":
      return { status: seen.question ? "input" : "approval", outcome: null };
    case "idle":
      return { status: "idle", outcome: null };
    case undefined:
      return { status: seen.sets_titles ? "idle" : "unknown", outcome: null };
  }
}

/** The claim of one report; whether "idle" ended a turn depends on what came before it. */
export function reportClaim(report: Exclude<Report, "clear">): TitleClaim {
  switch (report) {
    case "working":
      return { status: "working", outcome: null };
    case "permission":
      return { status: "approval", outcome: null };
    case "question":
      return { status: "input", outcome: null };
    case "done":
      return { status: "idle", outcome: "done" };
    case "error":
      return { status: "error", outcome: "error" };
    case "idle":
      return { status: "idle", outcome: null };
  }
}
