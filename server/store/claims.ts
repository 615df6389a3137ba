/** Which tier's claim about an agent is shown, and when two tiers contradict each other. */
import type { AgentStatus, StatusClaim, StatusSource } from "../wire.ts";
import { STATUS_SOURCES } from "../wire.ts";
import type { AgentState } from "./state.ts";

export type Claims = Partial<Record<StatusSource, StatusClaim>>;

/** What only a screen can show: Codex sets no title for these (codex.md §3, login, trust, update …). */
const SCREEN_ONLY: readonly AgentStatus[] = ["missing", "auth", "input"];

/**
 * The claim to show: a pane that is gone, a login or another dialog on the screen; else the best
 * tier that knows anything. Undefined when no tier knows.
 */
export function pickClaim(
  claims: Claims,
): { source: StatusSource; claim: StatusClaim } | undefined {
  const { screen, title } = claims;
  if (screen && SCREEN_ONLY.includes(screen.status) && title?.status !== "approval") {
    return { source: "screen", claim: screen };
  }
  const exact = newest(claims, EXACT);
  // While it is heard, the daemon knows best: the others say the same a moment later.
  const { socket } = claims;
  if (socket && exact?.claim.status === socket.status) return { source: "socket", claim: socket };
  // A title of `run-state` without `activity` says "working" all the same (REC titles, codex.md §3).
  if (
    exact?.claim.status === "working" && screen?.status === "approval" &&
    screen.ts >= exact.claim.ts
  ) {
    return { source: "screen", claim: screen };
  }
  if (exact?.source === "title" && exact.claim.status === "idle") return failure(claims) ?? exact;
  return exact ?? newest(claims, STATUS_SOURCES.filter((source) => !EXACT.includes(source)));
}

/**
 * Tiers that are told of every change: of these the newest knows best. A session file says nothing
 * while an approval waits, a title nothing while another thread is looked at.
 */
const EXACT: readonly StatusSource[] = ["socket", "rollout", "title"];

/**
 * Codex reports "error" and a moment later "idle" (REC osc7501): no turn runs, and the last one failed
 * for as long as its error is the last thing on the screen.
 */
function failure(claims: Claims): { source: StatusSource; claim: StatusClaim } | undefined {
  const { screen, rollout } = claims;
  if (screen?.status !== "error") return undefined;
  return rollout?.status === "error"
    ? { source: "rollout", claim: rollout }
    : { source: "screen", claim: screen };
}

/** The claim that was made last; of equals the better tier's. */
function newest(
  claims: Claims,
  sources: readonly StatusSource[],
): { source: StatusSource; claim: StatusClaim } | undefined {
  let best: { source: StatusSource; claim: StatusClaim } | undefined;
  for (const source of sources) {
    const claim = claims[source];
    if (!claim || claim.status === "unknown") continue;
    if (!best || claim.ts > best.claim.ts) best = { source, claim };
  }
  return best;
}

/**
 * What is behind a claim, also from tiers that say the same: the title says that something waits or
 * failed, the screen shows what, the session file has Codex's own code for it.
 */
function reasonOf(claims: Claims, shown: StatusClaim): Pick<StatusClaim, "detail" | "code"> {
  const same = [claims.screen, shown, claims.rollout].filter((claim) =>
    claim?.status === shown.status
  );
  return {
    detail: shown.detail ?? same.find((claim) => claim?.detail)?.detail ?? null,
    // A dialog first: as long as it is open nothing can be sent, whatever it came up for.
    code: same.find((claim) => claim?.code)?.code ?? null,
  };
}

/**
 * Another tier's claim that cannot be true together with the shown one, in words; else null. An idle
 * screen under a working title is none: Codex shows no status row while it streams (REC
 * pane-streaming).
 */
export function contradiction(claims: Claims, shown: StatusSource): string | null {
  const winner = claims[shown];
  if (!winner) return null;
  for (const source of STATUS_SOURCES) {
    const claim = claims[source];
    if (source === shown || !claim || claim.status === "unknown") continue;
    if (claim.status === winner.status) continue;
    if (source === "screen" && claim.status === "idle" && winner.status === "working") continue;
    if (source === "rollout" && WAITING.includes(winner.status)) continue;
    // No hook tells of a failed turn or an answered approval: an older one is no contradiction.
    if (source === "hook" && claim.ts < winner.ts) continue;
    if (isRest(claim.status) && isRest(winner.status)) continue;
    return `${source} says ${claim.status}`;
  }
  return null;
}

/** What a session file never holds: its turn runs on, or none does, while this shows (codex.md §5). */
const WAITING: readonly AgentStatus[] = ["approval", "input", "auth", "missing"];

/**
 * Idle, error and a refused login are all "no turn runs": they differ in what they remember, not in
 * truth. A title calls a 401 no more than an error.
 */
function isRest(status: AgentStatus): boolean {
  return status === "idle" || status === "error" || status === "auth";
}

/** Writes what the claims say into the agent's row. */
export function settleStatus(agent: AgentState): void {
  const winner = pickClaim(agent.claims);
  agent.status = winner?.claim.status ?? "unknown";
  agent.status_source = winner?.source ?? null;
  agent.status_ts = winner?.claim.ts ?? null;
  const reason = winner && reasonOf(agent.claims, winner.claim);
  agent.status_detail = reason?.detail ?? null;
  agent.status_code = reason?.code ?? null;
  agent.status_conflict = winner ? contradiction(agent.claims, winner.source) : null;
}
