/** A moment in the past as people name it on a command line. */
import { CodexdashError } from "../server/error.ts";
import { zoneOffsets } from "../server/store/time_zone.ts";

const MINUTE = 60_000;
const LENGTHS: Readonly<Record<string, number>> = {
  m: MINUTE,
  h: 60 * MINUTE,
  d: 24 * 60 * MINUTE,
  w: 7 * 24 * 60 * MINUTE,
};

/**
 * `today`, `90m`, `24h`, `7d`, `4w`, or a day like `2026-11-20`, which begins at the zone's midnight.
 * Throws `CodexdashError` "invalid" for anything else.
 */
export function parseSince(text: string, zone: string, now: number): number {
  const [, count = "", unit = ""] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count) return now - Number(count) * LENGTHS[unit]!;
  if (text === "today") return dayStart(localDay(now, zone), zone);
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(day)) return dayStart(day, zone);
  throw new CodexdashError(
    "invalid",
    `Cannot start at "${text}": use today, 90m, 24h, 7d, 4w or a day like 2026-11-20`,
  );
}

/** The zone's day at `ts` as the midnight of that date in UTC. */
function localDay(ts: number, zone: string): number {
  const local = ts + offsetAt(ts, zone);
  return local - local % LENGTHS["d"]!;
}

/** When a date begins in a zone; clocks may change in between. */
function dayStart(utc_midnight: number, zone: string): number {
  const guess = utc_midnight - offsetAt(utc_midnight, zone);
  return utc_midnight - offsetAt(guess, zone);
}

function offsetAt(ts: number, zone: string): number {
  return zoneOffsets(zone, ts, ts)[0]!.offset_ms;
}
