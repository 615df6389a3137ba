/** Times and ages as elements: the exact time is in `datetime` and, once in the browser, the title. */
import { now } from "./clock.ts";
import { formatAge, formatClock, formatDateTime, isSameDay } from "./format.ts";
import { hydrated } from "./state.ts";

/**
 * The title is the browser's local time. Hydration mends text that the server rendered for another
 * time zone, but not attributes: so the title waits.
 */
function timeProps(ts: number) {
  return {
    dateTime: isoTime(ts),
    ...(hydrated.value ? { title: formatDateTime(ts) } : {}),
  };
}

function isoTime(ts: number): string {
  const date = new Date(ts);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** `3 m ago`, kept true. */
export function Age({ ts }: { ts: number }) {
  return <time {...timeProps(ts)}>{formatAge(now.value - ts)}</time>;
}

/** `14:03:22`. */
export function Clock({ ts }: { ts: number }) {
  return <time {...timeProps(ts)}>{formatClock(ts)}</time>;
}

/** `14:03:22`, with its date when that is not today's. */
export function Moment({ ts }: { ts: number }) {
  const text = isSameDay(ts, now.value) ? formatClock(ts) : formatDateTime(ts);
  return <time dateTime={isoTime(ts)}>{text}</time>;
}

/** `2026-11-20 14:03:22`. */
export function DateTime({ ts }: { ts: number }) {
  return <time dateTime={isoTime(ts)}>{formatDateTime(ts)}</time>;
}
