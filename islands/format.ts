/** Numbers and times for people. Unknown is `—`, never 0. */

export const UNKNOWN = "—";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `<1 s`, `42 s`, `3 m 05 s`, `2 h 07 m`, `4 d 3 h`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  if (ms < SECOND) return "<1 s";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) {
    return `${Math.floor(ms / MINUTE)} m ${pad(Math.floor(ms % MINUTE / SECOND))} s`;
  }
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${pad(Math.floor(ms % HOUR / MINUTE))} m`;
  return `${Math.floor(ms / DAY)} d ${Math.floor(ms % DAY / HOUR)} h`;
}

/** What is left of a long time, in whole minutes: `36 m`, `2 h 07 m`, `4 d 11 h`. */
export function formatLeft(ms: number): string {
  if (ms < MINUTE) return "<1 m";
  return ms < HOUR ? `${Math.floor(ms / MINUTE)} m` : formatDuration(ms);
}

/** A short wait, with its tenths: `0.7 s`; from ten seconds on a duration. */
export function formatDelay(ms: number): string {
  return ms < 10 * SECOND ? `${(ms / SECOND).toFixed(1)} s` : formatDuration(ms);
}

/** How long ago, in one unit: `now`, `42 s ago`, `3 m ago`, `2 h ago`, `4 d ago`. */
export function formatAge(ms: number): string {
  if (ms < 2 * SECOND) return "now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

/** Time of day, local: `14:03:22`. */
export function formatClock(ts: number): string {
  const date = new Date(ts);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** Whether both show as the same time of day. */
export function isSameSecond(a: number, b: number): boolean {
  return Math.floor(a / SECOND) === Math.floor(b / SECOND);
}

/** Whether both are on the same local day. */
export function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** Date and time of day, local: `2026-11-20 14:03:22`. */
export function formatDateTime(ts: number): string {
  const date = new Date(ts);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ` +
    formatClock(ts);
}

/** `12,345`. */
export function formatCount(count: number | null): string {
  return count === null ? UNKNOWN : count.toLocaleString("en-US");
}

/** `12.5 %`, `34 %`; `<1 %` for what is more than nothing. */
export function formatPercent(percent: number): string {
  if (percent > 0 && percent < 1) return "<1 %";
  return `${Math.round(percent * 10) / 10} %`;
}

/** No more digits than an estimate has: `608`, `45.7k`, `1.2M`. */
export function formatRough(count: number): string {
  if (count < 1_000) return String(count);
  const [value, unit] = count < 999_500 ? [count / 1_000, "k"] : [count / 1_000_000, "M"];
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)}${unit}`;
}

/** An amount of money: `0.0123 USD`; what is less than its last digit is `<0.0001 USD`. */
export function formatAmount({ amount, currency }: { amount: number; currency: string }): string {
  if (amount > 0 && amount < 0.0001) return `<0.0001 ${currency}`;
  const options = { minimumFractionDigits: 2, maximumFractionDigits: 4 };
  return `${amount.toLocaleString("en-US", options)} ${currency}`;
}

/** `512 B`, `1.2 KB`, `34 MB`. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return UNKNOWN;
  if (bytes < 1_000) return `${bytes} B`;
  let value = bytes;
  for (const unit of ["KB", "MB", "GB"]) {
    value /= 1_000;
    if (value < 999.5) return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  }
  return `${Math.round(value / 1_000)} TB`;
}

/** The first `limit` characters on one line, for titles. */
export function shorten(text: string, limit: number): string {
  const line = text.slice(0, limit * 4).replace(/\s+/g, " ").trim();
  const points = [...line];
  return points.length > limit ? points.slice(0, limit - 1).join("") + "…" : line;
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
