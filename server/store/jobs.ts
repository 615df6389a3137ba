/** Reads of the jobs table. */
import type { JobRow, JobStatus } from "../wire.ts";
import type { Store } from "./db.ts";
import { JOB_SELECT } from "./tower.ts";

/** Jobs, newest `updated_ts` first; `status` and `agent` narrow them. */
export function listJobs(
  store: Store,
  options: { limit: number; status?: JobStatus | undefined; agent?: string | undefined },
): JobRow[] {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  for (const key of ["status", "agent"] as const) {
    const value = options[key];
    if (value === undefined) continue;
    conditions.push(`${key} = ?`);
    values.push(value);
  }
  const where = conditions.length ? `WHERE ${conditions.join(" AND ")}` : "";
  return store.all<JobRow>(
    `SELECT ${JOB_SELECT} FROM jobs ${where} ORDER BY updated_ts DESC, job_id LIMIT ?`,
    ...values,
    options.limit,
  );
}

/** Jobs that have not ended, newest `updated_ts` first. */
export function listOpenJobs(store: Store, options: { limit: number }): JobRow[] {
  return store.all<JobRow>(
    `SELECT ${JOB_SELECT} FROM jobs WHERE status IN ('queued', 'running', 'blocked')
     ORDER BY updated_ts DESC, job_id LIMIT ?`,
    options.limit,
  );
}

/** The job of an id: its own, or the one that codexctl made for it. */
export function findJob(store: Store, id: string): JobRow | undefined {
  return store.get<JobRow>(`SELECT ${JOB_SELECT} FROM jobs WHERE job_id = ?`, id) ??
    store.get<JobRow>(`SELECT ${JOB_SELECT} FROM jobs WHERE marker = ?`, id);
}

/** How many jobs are in each status, of those updated at or after `since_ts`. */
export function countJobs(store: Store, since_ts: number): Partial<Record<JobStatus, number>> {
  const rows = store.all<{ status: JobStatus; count: number }>(
    "SELECT status, COUNT(*) AS count FROM jobs WHERE updated_ts >= ? GROUP BY status",
    since_ts,
  );
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}
