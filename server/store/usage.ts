/**
 * Sums of exact tokens. They are made of slots, which the fold keeps, and at the edges of a range that
 * does not begin or end with a slot of single responses.
 */
import type { ModelUsage, UsageRow } from "../wire.ts";
import type { Store } from "./db.ts";
import { SLOT_MS } from "./fold_usage.ts";
import { dayOf, hourOf, type ZoneOffset, zoneOffsets } from "./time_zone.ts";

/** What a sum can be grouped by. */
export const USAGE_GROUPS = ["agent", "job", "model", "day", "hour", "thread", "total"] as const;
export type UsageGroup = typeof USAGE_GROUPS[number];

export interface UsageQuery {
  by: UsageGroup;
  /** Responses in `[from_ts, to_ts)`. */
  from_ts: number;
  to_ts: number;
  /** The IANA time zone of days and hours. */
  zone: string;
  limit: number;
}

interface Group {
  /** What of a part is kept apart until its thread and turn are looked up; SQL over `parts`. */
  part: (offsets: readonly ZoneOffset[]) => string;
  /** The row's key; SQL over that, `threads` and `roots`, the thread's own and its tree's. */
  key: string;
  /** Whether the part is a turn's id: then there are `turns` and `root_turns` too. */
  has_turns?: boolean;
  in_time_order?: boolean;
}

const NOTHING = () => "''";

const GROUPS: Readonly<Record<UsageGroup, Group>> = {
  // The agent that ran the turn, since a thread can go on in another pane.
  agent: {
    part: () => "turn_id",
    key: "COALESCE(turns.agent, root_turns.agent, threads.agent, roots.agent)",
    has_turns: true,
  },
  // A turn that serves several jobs counts for the first, a sub-agent's for its root turn's.
  job: {
    part: () => "turn_id",
    key: "COALESCE(turns.job_ids ->> '$[0]', root_turns.job_ids ->> '$[0]')",
    has_turns: true,
  },
  model: { part: () => "model", key: "sums.part" },
  day: { part: dayOf, key: "sums.part", in_time_order: true },
  hour: { part: hourOf, key: "sums.part", in_time_order: true },
  thread: { part: NOTHING, key: "sums.thread_id" },
  total: { part: NOTHING, key: "'total'" },
};

const TOKENS =
  "input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens, total_tokens";
const SUMS = `responses, compaction_tokens, ${TOKENS}`.split(", ");

const OF_RESPONSES = `
  SELECT ts, thread_id, turn_id, model, 1, IIF(kind = 'compaction', total_tokens, 0), ${TOKENS}
  FROM responses WHERE ts >= ? AND ts < ?`;

const PARTS = `
  parts (ts, thread_id, turn_id, model, ${SUMS.join(", ")}) AS (
    SELECT slot_ts, thread_id, turn_id, model, ${SUMS.join(", ")}
    FROM usage_slots WHERE slot_ts >= ? AND slot_ts < ?
    UNION ALL ${OF_RESPONSES}
    UNION ALL ${OF_RESPONSES}
  )`;

/** What a group's key is made of; a thread or turn that is its tree's root is not looked up twice. */
const THREAD_JOINS = `
  LEFT JOIN threads ON threads.thread_id = sums.thread_id
  LEFT JOIN threads AS roots
    ON roots.thread_id = NULLIF(threads.root_thread_id, threads.thread_id)`;
const TURN_JOINS = `
  LEFT JOIN turns ON turns.turn_id = sums.part
  LEFT JOIN turns AS root_turns ON root_turns.turn_id = NULLIF(turns.root_turn_id, turns.turn_id)`;

/**
 * Tokens of the responses in a range, grouped, the largest first; of days and hours the newest `limit`,
 * in order. A key is null where it is not known. Throws `RangeError` for an unknown zone.
 */
export function sumUsage(store: Store, query: UsageQuery): UsageRow[] {
  const { part, key, in_time_order, has_turns } = GROUPS[query.by];
  const is_job = query.by === "job";
  const rows = store.all<UsageRow & { job_ids: string | null }>(
    `WITH ${PARTS}, sums AS (
       SELECT ${part(offsetsOf(store, query))} AS part, thread_id, MIN(ts) AS ts,
         ${SUMS.map((name) => `SUM(${name}) AS ${name}`).join(", ")}
       FROM parts GROUP BY 1, 2
     )
     SELECT ${key} AS key, SUM(responses) AS responses,
       SUM(IIF(threads.parent_thread_id IS NULL, sums.compaction_tokens, 0)) AS compaction_tokens,
       SUM(IIF(threads.parent_thread_id IS NULL, 0, sums.total_tokens)) AS sub_agent_tokens,
       ${TOKENS.split(", ").map((name) => `SUM(sums.${name}) AS ${name}`).join(", ")},
       ${is_job ? "MAX(IIF(turns.job_ids LIKE '%,%', turns.job_ids, NULL))" : "NULL"} AS job_ids
     FROM sums ${THREAD_JOINS} ${has_turns ? TURN_JOINS : ""}
     GROUP BY 1 ORDER BY ${in_time_order ? "MIN(sums.ts) DESC" : "total_tokens DESC, 1"} LIMIT ?`,
    ...ranges(query),
    query.limit,
  ).map(({ job_ids, ...row }) => ({ ...row, shared_with: othersOf(row.key, job_ids) }));
  return in_time_order ? rows.reverse() : rows;
}

/** The same sums by model, for each key; not limited. Throws `RangeError` for an unknown zone. */
export function sumUsageByModel(
  store: Store,
  query: UsageQuery,
): (ModelUsage & Pick<UsageRow, "key">)[] {
  const { part, key, has_turns } = GROUPS[query.by];
  const sums = ["input_tokens", "cached_input_tokens", "output_tokens"];
  return store.all<ModelUsage & Pick<UsageRow, "key">>(
    `WITH ${PARTS}, sums AS (
       SELECT ${part(offsetsOf(store, query))} AS part, thread_id, model AS used_model,
         ${sums.map((name) => `SUM(${name}) AS ${name}`).join(", ")}
       FROM parts GROUP BY 1, 2, 3
     )
     SELECT ${key} AS key, used_model AS model,
       ${sums.map((name) => `SUM(sums.${name}) AS ${name}`).join(", ")}
     FROM sums ${THREAD_JOINS} ${has_turns ? TURN_JOINS : ""}
     GROUP BY 1, 2`,
    ...ranges(query),
  );
}

function othersOf(key: string | null, job_ids: string | null): string[] {
  return job_ids ? (JSON.parse(job_ids) as string[]).filter((id) => id !== key) : [];
}

/** Whole slots, then what is before and after them. */
function ranges({ from_ts, to_ts }: UsageQuery): number[] {
  const first = Math.ceil(from_ts / SLOT_MS) * SLOT_MS;
  const end = Math.floor(to_ts / SLOT_MS) * SLOT_MS;
  return first < end ? [first, end, from_ts, first, end, to_ts] : [0, 0, from_ts, to_ts, 0, 0];
}

/** Offsets for where there are responses: a range may be all of time. */
function offsetsOf(store: Store, { from_ts, to_ts, zone }: UsageQuery): ZoneOffset[] {
  const seen = store.get<{ first: number | null; last: number | null }>(
    `SELECT (SELECT MIN(ts) FROM responses WHERE ts >= ?) AS first,
       (SELECT MAX(ts) FROM responses WHERE ts < ?) AS last`,
    from_ts,
    to_ts,
  );
  return zoneOffsets(zone, Math.max(from_ts, slotStart(seen?.first)), seen?.last ?? from_ts);
}

function slotStart(ts: number | null | undefined): number {
  return ts ? ts - ts % SLOT_MS : 0;
}
