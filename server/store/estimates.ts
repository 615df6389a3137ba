/** Reads of what an estimate is made for, and from. */
import type { JobRow } from "../wire.ts";
import type { Store } from "./db.ts";
import { JOB_SELECT } from "./tower.ts";

/** Exact figures are on disk within 40 ms of a turn's end (codex.md §5): this is patient enough. */
const GRACE_MS = 5_000;

/** A job whose sender ended well while no turn was seen may still begin one. */
const UNSEEN_GRACE_MS = 60_000;

/**
 * Jobs that ended, or were handed over without a turn ever being seen, and have no figures and no
 * place in a session file. A prompt that never reached its pane took no tokens; one whose agent ran a
 * thread meanwhile has exact ones there, even where its marker got lost.
 */
const UNESTIMATED = `
  jobs INDEXED BY jobs_unestimated
  WHERE total_tokens_exact IS NULL AND total_tokens_est IS NULL AND thread_id IS NULL
    AND (prompt_text IS NOT NULL OR prompt_bytes IS NOT NULL)
    AND (turn_started_ts IS NOT NULL AND finished_ts IS NOT NULL
      OR turn_started_ts IS NULL AND exit_code = 0)
    AND NOT EXISTS (
      SELECT 1 FROM threads
      WHERE threads.agent = jobs.agent AND threads.updated_ts >= jobs.started_ts
        AND threads.started_ts <= COALESCE(jobs.finished_ts, jobs.updated_ts))`;

/** The job to estimate now, or when there will be one; neither when none waits. */
export interface NextEstimate {
  job?: JobRow | undefined;
  due_ts?: number | undefined;
}

/** The newest job that has been quiet for long enough, of those changed at `from_ts` or later. */
export function nextEstimate(
  store: Store,
  options: { now: number; from_ts: number },
): NextEstimate {
  const { now, from_ts } = options;
  const job = store.get<JobRow>(
    `SELECT ${JOB_SELECT} FROM ${UNESTIMATED} AND updated_ts BETWEEN ? AND ?
       AND (turn_started_ts IS NOT NULL OR updated_ts <= ?)
     ORDER BY updated_ts DESC LIMIT 1`,
    from_ts,
    now - GRACE_MS,
    now - UNSEEN_GRACE_MS,
  );
  if (job) return { job };
  const next = store.get<{ due_ts: number | null }>(
    `SELECT MIN(updated_ts + iif(turn_started_ts IS NULL, ?, ?)) AS due_ts
     FROM ${UNESTIMATED} AND updated_ts > ?`,
    UNSEEN_GRACE_MS,
    GRACE_MS,
    Math.max(from_ts, now - UNSEEN_GRACE_MS),
  );
  return { due_ts: next?.due_ts ?? undefined };
}

/** One event's text, to be read on from below its `id`. */
export interface OutputText {
  id: number;
  text: string;
}

/**
 * A job's output of one kind below an event's id, newest first. Few at a time: an event can be as long
 * as the longest line of the event file. Of the controller's only what it wrote to stdout.
 */
export function listOutputText(
  store: Store,
  options: { job_id: string; type: "pane_output" | "controller_output"; before_id: number },
): OutputText[] {
  const { job_id, type, before_id } = options;
  return store.all<OutputText>(
    `SELECT id, payload ->> 'text' AS text FROM events
     WHERE job_id = ? AND id < ? AND type = ?
       AND (type = 'pane_output' OR payload ->> 'stream' = 'stdout')
     ORDER BY id DESC LIMIT 8`,
    job_id,
    before_id,
    type,
  );
}
