/**
 * Plan limits and context fill as session files state them. A limit's history has a row for each
 * figure, not for each time it was said. Files are read newest first, so an older statement finds its
 * place in the history and changes nothing after it. Pure, like all of the fold.
 */
import type { Limits, LimitsEvent, ThreadRow } from "../wire.ts";
import type { StatedLimit, Tower } from "./state.ts";

/** Resets this close are the same one: a server that counts from its own now states it a bit off. */
const SAME_RESET_MS = 60_000;

export function foldLimits(tower: Tower, thread: ThreadRow, event: LimitsEvent): string | null {
  takeLimits(tower, thread, { ts: event.ts, limits: event });
  const turn = thread.turn_id ? tower.turn(thread.turn_id) : undefined;
  return turn?.job_ids[0] ?? null;
}

/** Takes over what one line states. */
export function takeLimits(
  tower: Tower,
  thread: ThreadRow,
  { ts, limits }: { ts: number; limits: Limits },
): void {
  takeContext(thread, limits);
  const { limit_id, limit_name = null, plan_type } = limits;
  for (const span of ["primary", "secondary"] as const) {
    const window = limits[span];
    if (!window) continue;
    const stated = { limit_id: limit_id ?? "codex", limit_name, span, plan_type, ...window };
    takeLimit(tower, { ...stated, ts, stated_ts: ts });
  }
}

/** Events of earlier versions do not say how the fill is known: theirs was the last response's. */
function takeContext(thread: ThreadRow, limits: Limits): void {
  thread.context_window = limits.context_window ?? thread.context_window;
  const kind = limits.context_kind ?? (limits.context_tokens === null ? null : "exact");
  if (kind === null) return;
  thread.context_kind = kind === "unknown" ? null : kind;
  thread.context_tokens = limits.context_tokens;
}

function takeLimit(tower: Tower, stated: StatedLimit): void {
  const { before, after } = tower.limitsAround(stated);
  if (before && isSame(before, stated)) {
    before.stated_ts = Math.max(before.stated_ts, stated.ts);
  } else if (after && isSame(after, stated)) {
    after.ts = stated.ts;
  } else {
    tower.addLimit(stated);
  }
}

function isSame(a: StatedLimit, b: StatedLimit): boolean {
  return a.used_percent === b.used_percent && a.window_minutes === b.window_minutes &&
    a.limit_name === b.limit_name && isSameReset(a.resets_ts, b.resets_ts);
}

function isSameReset(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) < SAME_RESET_MS;
}
