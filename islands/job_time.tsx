/** How long a job took, or has been going for. */
import type { JobRow } from "../server/wire.ts";
import { now } from "./clock.ts";
import { formatDuration } from "./format.ts";
import { isOpen } from "./state.ts";

/** Ticks while the job is open. From the moment it was sent, as `duration_ms` is. */
export function JobTime({ job }: { job: JobRow }) {
  const ms = isOpen(job) ? Math.max(0, now.value - job.started_ts) : job.duration_ms;
  return <span class="duration">{formatDuration(ms)}</span>;
}
