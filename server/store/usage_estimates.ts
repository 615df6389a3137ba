/** Sums of estimated tokens, which stand beside sums of exact ones and are never added to them. */
import type { UsageReportRow } from "../wire.ts";
import type { Store } from "./db.ts";
import { dayOf, hourOf, zoneOffsets } from "./time_zone.ts";
import type { UsageQuery } from "./usage.ts";

export type EstimateSum = Pick<UsageReportRow, "key" | "estimated_jobs" | "total_tokens_est">;

/** When the job took its tokens. */
const TS = "COALESCE(finished_ts, updated_ts)";

function keyOf({ by, zone }: UsageQuery, first_ts: number, last_ts: number): string {
  switch (by) {
    case "agent":
      return "agent";
    case "job":
      return "job_id";
    case "model":
      return "model";
    case "day":
      return dayOf(zoneOffsets(zone, first_ts, last_ts));
    case "hour":
      return hourOf(zoneOffsets(zone, first_ts, last_ts));
    case "thread":
      // It stands in no session file.
      return "NULL";
    case "total":
      return "'total'";
    default:
      return by satisfies never;
  }
}

/** Estimated tokens of the jobs that ended in a range, grouped as exact ones are. */
export function sumEstimates(store: Store, query: UsageQuery): EstimateSum[] {
  const jobs = `(SELECT agent, job_id, model, total_tokens_est, ${TS} AS ts FROM jobs
    WHERE total_tokens_est IS NOT NULL AND updated_ts >= ? AND ${TS} >= ? AND ${TS} < ?)`;
  const values = [query.from_ts, query.from_ts, query.to_ts];
  const seen = store.get<{ first_ts: number | null; last_ts: number | null }>(
    `SELECT MIN(ts) AS first_ts, MAX(ts) AS last_ts FROM ${jobs}`,
    ...values,
  );
  if (seen?.first_ts == null || seen.last_ts === null) return [];
  return store.all<EstimateSum>(
    `SELECT ${keyOf(query, seen.first_ts, seen.last_ts)} AS key, COUNT(*) AS estimated_jobs,
       SUM(total_tokens_est) AS total_tokens_est
     FROM ${jobs} GROUP BY 1 ORDER BY total_tokens_est DESC, 1`,
    ...values,
  );
}
