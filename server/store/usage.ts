/** Sums of exact tokens, all made of single model responses, and the plan limits. */
import type { LimitRow, UsageRow } from "../wire.ts";
import type { Store } from "./db.ts";

/** What a sum can be grouped by. */
export const USAGE_GROUPS = ["agent", "job", "model", "day", "thread"] as const;
export type UsageGroup = typeof USAGE_GROUPS[number];

const KEYS: Readonly<Record<UsageGroup, string>> = {
  agent: "threads.agent",
  // A turn that serves several jobs counts for the first: sums stay sums.
  job: "json_extract(turns.job_ids, '$[0]')",
  model: "responses.model",
  day: "date(responses.ts / 1000, 'unixepoch', 'localtime')",
  thread: "responses.thread_id",
};

/**
 * Tokens of the responses in `[from_ts, to_ts)`, grouped, the largest first; days in order. A key is
 * null where it is not known.
 */
export function sumUsage(
  store: Store,
  options: { by: UsageGroup; from_ts: number; to_ts: number; limit: number },
): UsageRow[] {
  const { by, from_ts, to_ts, limit } = options;
  return store.all<UsageRow>(
    `SELECT ${KEYS[by]} AS key, COUNT(*) AS responses,
       SUM(responses.input_tokens) AS input_tokens,
       SUM(responses.cached_input_tokens) AS cached_input_tokens,
       SUM(responses.output_tokens) AS output_tokens,
       SUM(responses.reasoning_output_tokens) AS reasoning_output_tokens,
       SUM(responses.total_tokens) AS total_tokens
     FROM responses
     LEFT JOIN threads ON threads.thread_id = responses.thread_id
     LEFT JOIN turns ON turns.turn_id = responses.turn_id
     WHERE responses.ts >= ? AND responses.ts < ?
     GROUP BY 1 ORDER BY ${by === "day" ? "1" : "total_tokens DESC, 1"} LIMIT ?`,
    from_ts,
    to_ts,
    limit,
  );
}

/** The newest statement of each limit. */
export function listLimits(store: Store): LimitRow[] {
  return store.all<LimitRow>(
    `SELECT MAX(ts) AS ts, limit_id, span, used_percent, window_minutes, resets_ts, plan_type
     FROM limits GROUP BY limit_id, span ORDER BY limit_id, span`,
  );
}
