/** Times as people read them in a terminal. */

const UNITS: readonly [string, number][] = [["d", 86_400], ["h", 3_600], ["m", 60], ["s", 1]];

/** `850ms`, `4.2s`, `2m 3s`, `5h 1m`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1_000);
  const at = UNITS.findIndex(([, length]) => seconds >= length);
  const [unit, length] = UNITS[at]!;
  const next = UNITS[at + 1];
  const rest = next ? Math.floor((seconds % length) / next[1]) : 0;
  return `${Math.floor(seconds / length)}${unit}${rest && next ? ` ${rest}${next[0]}` : ""}`;
}

/** How long ago `ts` was; nothing of the future is said to have been. */
export function age(ts: number, now: number): string {
  return now - ts < 1_000 ? "now" : `${duration(now - ts)} ago`;
}

/** `14:03:22` here. */
export function clock(ts: number): string {
  return new Date(ts).toTimeString().slice(0, 8);
}

/** `2026-03-01 14:03:22` here. */
export function dateAndClock(ts: number): string {
  const date = new Date(ts);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return `${parts.map((part) => String(part).padStart(2, "0")).join("-")} ${clock(ts)}`;
}
