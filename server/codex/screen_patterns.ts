/**
 * What things on a Codex screen look like: every pattern that `screen.ts` goes by, each beside a
 * sample. Recordings are in tests/testdata/codex; facts without one are from codex.md §3. Patterns
 * are matched against rows without trailing blanks and take linear time.
 */
import type { AgentStatus } from "../wire.ts";

export type Dialog =
  | "approval"
  | "question"
  | "login"
  | "trust"
  | "update"
  | "hooks_review"
  | "usage_limit"
  | "agents_center"
  /** A list to choose from that is none of the above: a digit or Enter would choose there too. */
  | "menu";

/** `› 1. Yes, proceed (y)`; the login's list uses `>` (REC pane-login). */
export const MENU = /^[›>] \d+\. \S/;
/** The chosen line of a list, at the edge or further in. */
export const LIST = /^ *[›>] \d+\. \S/;
/** `› 2. …` or `  2. …`, at most one step further in. */
export const OPTION = /^ {0,4}(?:[›>] )? ?\d+\. \S/;
/** `• Working (2s • esc to interrupt) · 1 background terminal running`, also `(1h 2m 3s • esc …`. */
export const STATUS = /^[•◦] .*?\((?:\d+h )?(?:\d+m )?\d+s • (?:esc|e?s?…?$)/;
/** `• Reconnecting... 3/5 (2s • esc to interrupt)`. */
export const RETRYING = /^[•◦] (Reconnecting\S*(?: \d+\/\d+)?)/;
/** `  Worked for 1m 8s • 01:14`, `  Worked for <1s`. */
export const WORKED = /^ {2}Worked for (?:<1s|(?:\d+h )?(?:\d+m )?\d+s)(?: • \d\d?:\d\d)?$/;
/** `■ Conversation interrupted - use /feedback if something went wrong`. */
export const INTERRUPTED = /^■ Conversation interrupted/;
/** `■ unexpected status 401 Unauthorized: Incorrect API key provided` and words of older versions. */
export const AUTH = /\b401\b|\bnot logged in\b|\b(?:log|sign) ?in again\b/i;
/** `/status`: what a command printed is no part of a turn (REC pane-status). */
export const COMMAND = /^\/[a-z][a-z-]*(?: |$)/;
/** `• Model changed to gpt-6.1-sol medium for Plan mode.`, `• Context compacted · 0s`. */
export const NOTICE = /^• (?:Model changed|Context compacted)/;
/** Right above the composer: `  1 background terminal running · /ps to view`, `      ⚠ 5h limit: …`. */
export const NOTE = /^ {2}\d+ background terminals? running|^ {10,}⚠ /;
/** A row of the picture that Codex draws while it starts: braille and spaces (REC pane-starting). */
export const PICTURE = /^[ \u2800-\u28ff]+$/;
/** `Pane is dead (signal 9, Sat Nov 21 01:44:43 2026)`, written by tmux (REC pane-crashed). */
export const DEAD_ROW = /^Pane is dead/;
/** `  Agent command center  Group: Project  g` (REC pane-agents-center). */
export const AGENTS_CENTER = /^ {2}Agent command center\b/;
/** `  $ touch /tmp/demo-repo/approved.txt` in an approval. */
export const COMMAND_LINE = /^ {2}\$ /;
/** `>_ OpenAI Codex (v0.141.0)`. */
export const VERSION = />_ OpenAI Codex \(v(\d+)\.(\d+)\./;

export const PLACEHOLDER = "Ask Codex to do anything";
/** The grey texts of 0.101 and 0.141 (REC old-*, and Codex's own list of them). */
export const OLD_PLACEHOLDERS = new Set([
  "Explain this codebase",
  "Summarize recent commits",
  "Implement {feature}",
  "Find and fix a bug in @filename",
  "Write tests for @filename",
  "Improve documentation in @filename",
  "Run /review on my current changes",
  "Use /skills to list available skills",
]);
/** In place of the folder, right below the version (REC pane-starting). */
export const LOADING = /^ {5}loading$/;
/**
 * `› state db backfill is running at …; waiting up to 30s before …` over the composer, while another
 * agent that starts at the same time holds the database (REC pane-starting-backfill).
 */
export const STARTING = /^› state db backfill is running at /;
/** `  ← for agents · ? for shortcuts      ⚠ 1 warning · f2 to view`. */
export const FOOTER = /← for agents|⚠ .*\bf2\b/;
/** `  ? for shortcuts        100% context left` (0.101). */
export const OLD_FOOTER = /context left$/;
/** The first versions that write "Worked for" after every good turn lie after 0.141. */
export const FIRST_MODERN = 142;

export interface DialogShape {
  dialog: Dialog;
  status: AgentStatus;
  title: RegExp;
  /** Whether only a list below makes it a dialog; without one the words are just words. */
  list: boolean;
  /** Whether the transcript is still above it. */
  below: boolean;
}

export const DIALOGS: readonly DialogShape[] = [
  // "  Would you like to run the following command?" (REC pane-approval)
  {
    dialog: "approval",
    status: "approval",
    title: /^ {2}(?:Would you like to|Do you want to (?:allow|approve)) /,
    list: true,
    below: true,
  },
  // "  Question 1/1 (1 unanswered)" (codex.md §3, REC pane-question)
  {
    dialog: "question",
    status: "input",
    title: /^ {2}Question \d+\/\d+/,
    list: false,
    below: true,
  },
  // "  Approaching rate limits" (codex.md §3, REC pane-usage-limit)
  {
    dialog: "usage_limit",
    status: "error",
    title: /^ {2}Approaching rate limits/,
    list: true,
    below: true,
  },
  // "  Trust this folder? Codex can read, edit, …" (REC pane-trust), older: "  Do you trust the …"
  {
    dialog: "trust",
    status: "input",
    title: /^ {2}(?:Trust this folder\?|Do you trust the )/,
    list: true,
    below: false,
  },
  // "  Update available · 0.169.0 → 0.170.0" (codex.md §3, REC pane-update)
  {
    dialog: "update",
    status: "input",
    title: /^ {2}(?:✨ )?Update available/,
    list: true,
    below: false,
  },
  // "  Hooks need review" (REC pane-hooks-review)
  {
    dialog: "hooks_review",
    status: "input",
    title: /^ {2}Hooks need review/,
    list: true,
    below: false,
  },
  // "  Welcome to Codex, OpenAI's command-line coding agent" (REC pane-login)
  {
    dialog: "login",
    status: "auth",
    title: /^ {2}Welcome to Codex\b/,
    list: false,
    below: false,
  },
];

/** Some list of Codex's: `/model`, or what a new version asks (REC old-0.101.0-pane-idle). */
export const ANY_MENU: DialogShape = {
  dialog: "menu",
  status: "input",
  title: MENU,
  list: true,
  below: false,
};
