/** An estimate of a job's tokens: only where nothing exact is known or will be. */
import type { TokenEstimateEvent } from "../wire.ts";
import type { Tower } from "./state.ts";

/** A job whose prompt stands in a session file has exact figures, or none: those are not estimated. */
export function foldTokenEstimate(tower: Tower, event: TokenEstimateEvent): string {
  const job = tower.job(event.job_id);
  if (!job || job.thread_id !== null || job.total_tokens_exact !== null) return event.job_id;
  job.prompt_tokens_est = event.prompt_tokens_est;
  job.completion_tokens_est = event.completion_tokens_est;
  job.total_tokens_est = event.total_tokens_est;
  job.estimate_method = event.method;
  return job.job_id;
}
