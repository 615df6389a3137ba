/**
 * What the title tier and the screen tier claim of one agent, each told when it changes. Pure: the
 * caller keeps the memory that comes back once the claims are stored.
 */
import type { ScreenReading } from "../codex/screen.ts";
import {
  type Report,
  reportClaim,
  type TitleClaim,
  titleClaim,
  titleState,
} from "../codex/title.ts";
import type { AgentStatus, TurnOutcome } from "../wire.ts";
import type { ClaimMemory, PaneMemory } from "./pane_memory.ts";

/** A claim that is not what the tier said last. */
export interface NewClaim {
  source: "title" | "screen";
  status: AgentStatus;
  detail: string | null;
  /** The dialog that is open. */
  code: string | null;
  outcome: TurnOutcome | null;
}

/** What both tiers have to go by. */
export interface Evidence {
  title: string;
  /** Reports since the last look, oldest first. */
  reports: readonly Report[];
  /** The last report before those. */
  report: Report | undefined;
  reading: ScreenReading;
  /** Whether Codex is there, as far as it could be seen; undefined while a screen is being redrawn. */
  codex: boolean | undefined;
  /** Whether it was Codex and is something else now. */
  left: boolean;
}

export interface Claimed {
  claims: NewClaim[];
  memory: PaneMemory;
}

export function claimAll(memory: PaneMemory, evidence: Evidence): Claimed {
  const title = claimTitle(memory, evidence);
  const screen = claimScreen(title.memory, evidence);
  return { claims: [...title.claims, ...screen.claims], memory: screen.memory };
}

/** The program in the pane has ended: nothing else is true of it any more. */
export function claimMissing(memory: PaneMemory, detail: string): Claimed {
  const known = memory.screen?.status === "missing" && memory.title === null;
  const said = { status: "missing", detail, code: null } as const;
  const screen: ClaimMemory = { ...said, outcome_key: null };
  return {
    claims: known ? [] : [{ source: "screen", ...said, outcome: null }],
    memory: { ...memory, title: null, screen, sets_titles: false },
  };
}

function claimTitle(memory: PaneMemory, evidence: Evidence): Claimed {
  const { title, reading, reports, left } = evidence;
  const why = (status: AgentStatus) =>
    reading.status === status
      ? { detail: reading.detail, code: reading.dialog }
      : { detail: null, code: null };
  const claims: NewClaim[] = [];
  let said = memory.title;
  const say = (claim: TitleClaim) => {
    const { detail, code } = why(claim.status);
    const same = claim.status === (said?.status ?? "unknown");
    if (same && said?.detail === detail && (said.code ?? null) === code) return;
    if (claim.status === "unknown" && said === null) return;
    const { status } = claim;
    said = { status, detail, code, outcome_key: null };
    claims.push({ source: "title", status, detail, code, outcome: same ? null : claim.outcome });
  };
  let last = left ? undefined : evidence.report;
  for (const report of reports) {
    // While it starts, Codex reports work and then idle, without any turn.
    if (report !== "clear" && !reading.fresh) say(afterReport(report, { before: last, reading }));
    last = report;
  }
  const heard = last !== undefined && last !== "clear";
  const sets_titles = !left && last !== "clear" &&
    (memory.sets_titles || heard || (evidence.codex === true && titleState(title) !== undefined));
  const claim = titleClaim({ title, report: last, sets_titles, question: isQuestion(reading) });
  const works_at_nothing = reading.fresh && claim.status === "working";
  if (works_at_nothing) say({ status: "idle", outcome: null });
  else say(heard ? { ...claim, outcome: null } : claim);
  return { claims, memory: { ...memory, sets_titles, title: said } };
}

/**
 * "idle" right after work is how an interruption is reported, never "done" (REC osc7501). A start ends
 * like that too, so the screen has to show the interruption.
 */
function afterReport(
  report: Exclude<Report, "clear">,
  { before, reading }: { before: Report | undefined; reading: ScreenReading },
): TitleClaim {
  const busy = before === "working" || before === "permission" || before === "question";
  const claim = reportClaim(report);
  return report === "idle" && busy && reading.outcome === "interrupted"
    ? { ...claim, outcome: "interrupted" }
    : claim;
}

function isQuestion(reading: ScreenReading): boolean {
  return reading.dialog === "question";
}

function claimScreen(memory: PaneMemory, { reading, codex }: Evidence): Claimed {
  const said = memory.screen;
  if (codex === undefined) return { claims: [], memory };
  const status = codex ? settleStatus(memory, reading) : "unknown";
  if (said === null && status === "unknown") return { claims: [], memory };
  const { detail, dialog, outcome_key } = reading;
  const code = codex ? dialog : null;
  const ended = outcome_key !== null && !isSameEnd(outcome_key, said?.outcome_key);
  const same = said?.status === status && said.detail === detail && (said.code ?? null) === code;
  if (same && !ended) return { claims: [], memory };
  // What ended before anybody looked is told only with the prompt that it belongs to.
  const outcome = ended && (said !== null || reading.marker_outcome) ? reading.outcome : null;
  const key = status === "working" ? null : (ended ? outcome_key : said?.outcome_key) ?? null;
  return {
    claims: [{ source: "screen", status, detail, code, outcome }],
    memory: { ...memory, screen: { status, detail, code, outcome_key: key } },
  };
}

/** Two looks at one turn's end; its prompt may have scrolled away since. */
function isSameEnd(key: string, before: string | null | undefined): boolean {
  if (!before) return false;
  const [prompt, end] = key.split("\n");
  const [prompt_before, end_before] = before.split("\n");
  return end === end_before && (prompt === "" || prompt_before === "" || prompt === prompt_before);
}

/**
 * Codex shows no status row while it streams (REC pane-streaming), so a turn without an end is told
 * by what was known before: it ran, or its prompt is new. Where the title knows, it decides.
 */
function settleStatus({ title, screen }: PaneMemory, reading: ScreenReading): AgentStatus {
  if (reading.status !== "unknown" || reading.starting) return reading.status;
  switch (title?.status) {
    case "working":
      return "working";
    case "idle":
    case "error":
      return "idle";
    default: {
      const ran = screen?.status === "working" || screen?.status === "approval";
      return ran || screen?.outcome_key ? "working" : screen?.status ?? "unknown";
    }
  }
}
