/** Exact tokens by model, which prices are for. */
import type { JobRow, ModelUsage } from "../wire.ts";
import type { Store } from "./db.ts";

/** What a job's own turns and the sub-agents that worked for them used, by model. */
export function sumJobModels(
  store: Store,
  job: Pick<JobRow, "job_id" | "thread_id">,
): ModelUsage[] {
  if (job.thread_id === null) return [];
  return store.all<ModelUsage>(
    `WITH own AS (
       SELECT turn_id FROM turns
       WHERE thread_id = ? AND EXISTS (SELECT 1 FROM json_each(job_ids) WHERE value = ?)
     ), worked AS (
       SELECT turn_id FROM own
       UNION SELECT turn_id FROM turns
       WHERE root_turn_id <> turn_id AND root_turn_id IN (SELECT turn_id FROM own)
     )
     SELECT model, SUM(input_tokens) AS input_tokens,
       SUM(cached_input_tokens) AS cached_input_tokens, SUM(output_tokens) AS output_tokens
     FROM responses WHERE turn_id IN (SELECT turn_id FROM worked) GROUP BY model`,
    job.thread_id,
    job.job_id,
  );
}
