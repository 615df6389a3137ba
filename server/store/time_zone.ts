/** Local days and hours of any IANA time zone, as SQL: a sum by day must not read a million rows to JS. */

const WEEK_MS = 7 * 24 * 60 * 60_000;
/** Clocks change on a multiple of this in every zone. */
const QUARTER_MS = 15 * 60_000;

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The offset from UTC that holds from `from_ts` on. */
export interface ZoneOffset {
  from_ts: number;
  offset_ms: number;
}

/**
 * Every offset that the zone has in `[from_ts, to_ts]`, in order. Clocks that change twice within a week
 * would be missed; no zone's do. Throws `RangeError` for an unknown zone.
 */
export function zoneOffsets(zone: string, from_ts: number, to_ts: number): ZoneOffset[] {
  const offsetAt = offsetOf(zone);
  const offsets: ZoneOffset[] = [{ from_ts, offset_ms: offsetAt(from_ts) }];
  for (let ts = from_ts; ts < to_ts; ts += WEEK_MS) {
    const { offset_ms } = offsets.at(-1)!;
    let before = Math.floor(ts / QUARTER_MS);
    let after = Math.ceil(Math.min(ts + WEEK_MS, to_ts) / QUARTER_MS);
    const next = offsetAt(after * QUARTER_MS);
    if (next === offset_ms) continue;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAt(middle * QUARTER_MS) === offset_ms) before = middle;
      else after = middle;
    }
    offsets.push({ from_ts: after * QUARTER_MS, offset_ms: next });
  }
  return offsets;
}

function offsetOf(zone: string): (ts: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (ts) => {
    const part = Object.fromEntries(
      format.formatToParts(ts).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ts / 1_000) * 1_000;
  };
}

/** SQL for the local day of the column `ts`: `2026-11-21`. */
export function dayOf(offsets: readonly ZoneOffset[]): string {
  return `date((ts + ${choose(offsets, ({ offset_ms }) => `${offset_ms}`)}) / 1000, 'unixepoch')`;
}

/** SQL for its local hour, with the offset: when clocks go back an hour comes twice. */
export function hourOf(offsets: readonly ZoneOffset[]): string {
  const local = `(ts + ${choose(offsets, ({ offset_ms }) => `${offset_ms}`)}) / 1000`;
  const suffix = choose(offsets, ({ offset_ms }) => `'${offsetText(offset_ms)}'`);
  return `strftime('%Y-%m-%dT%H:00', ${local}, 'unixepoch') || ${suffix}`;
}

function choose(offsets: readonly ZoneOffset[], value: (offset: ZoneOffset) => string): string {
  const [first, ...rest] = offsets;
  if (!first) throw new RangeError("Cannot choose an offset: there is none");
  const cases = rest.toReversed().map((offset) =>
    `WHEN ts >= ${offset.from_ts} THEN ${value(offset)}`
  );
  return cases.length ? `CASE ${cases.join(" ")} ELSE ${value(first)} END` : value(first);
}

/** `+05:30`, `Z` for none. */
function offsetText(offset_ms: number): string {
  if (offset_ms === 0) return "Z";
  const minutes = Math.abs(offset_ms) / 60_000;
  const two = (number: number) => String(number).padStart(2, "0");
  return `${offset_ms < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
