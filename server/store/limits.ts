/** Reads of the plan's limits. */
import type { LimitRow } from "../wire.ts";
import type { Store } from "./db.ts";

const WINDOW_END = "COALESCE(resets_ts, stated_ts + window_minutes * 60000)";

const COLUMNS = `limit_id, limit_name, span, used_percent, window_minutes, resets_ts, plan_type,
  COALESCE(${WINDOW_END} <= ?, 0) AS was_reset`;

/** What tells one limit's history from another's; the words of an index. */
const SERIES = "(limit_id || ' ' || span || ' ' || COALESCE(plan_type, ''))";

/**
 * Jumps from limit to limit in the index: a year of history is some hundred thousand rows, and pages ask
 * after every response.
 */
const NEWEST = `
  WITH RECURSIVE series (name) AS (
    SELECT MIN(${SERIES}) FROM limits
    UNION ALL
    SELECT (SELECT MIN(${SERIES}) FROM limits WHERE ${SERIES} > name)
    FROM series WHERE name IS NOT NULL
  )
  SELECT (
    SELECT limit_key FROM limits WHERE ${SERIES} = name ORDER BY stated_ts DESC, ts DESC LIMIT 1
  ) FROM series`;

type StoredLimit = Omit<LimitRow, "was_reset"> & { was_reset: number };

/**
 * The newest statement of each limit. An account's limits are told apart by id and plan; what is over
 * is left out where a newer statement of the same id, or one that names its plan, takes its place.
 */
export function listLimits(store: Store, now: number): LimitRow[] {
  const newest = store.all<StoredLimit>(
    `SELECT ts, stated_ts, ${COLUMNS} FROM limits WHERE limit_key IN (${NEWEST})
     ORDER BY limit_id, span, plan_type`,
    now,
  ).map(limitRow);
  return newest.filter((row) => {
    if (!row.was_reset && row.plan_type !== null) return true;
    return !newest.some((other) =>
      other.limit_id === row.limit_id && other.span === row.span && other !== row &&
      other.stated_ts > row.stated_ts
    );
  });
}

/** How limits changed in `[from_ts, to_ts)`: the newest `limit` rows, oldest first. */
export function listLimitHistory(
  store: Store,
  { from_ts, to_ts, limit, now }: { from_ts: number; to_ts: number; limit: number; now: number },
): LimitRow[] {
  return store.all<StoredLimit>(
    `SELECT ts, stated_ts, ${COLUMNS} FROM limits
     WHERE stated_ts >= ? AND ts < ? ORDER BY ts DESC, limit_key DESC LIMIT ?`,
    now,
    from_ts,
    to_ts,
    limit,
  ).map(limitRow).reverse();
}

function limitRow(stored: StoredLimit): LimitRow {
  return { ...stored, was_reset: stored.was_reset === 1 };
}
