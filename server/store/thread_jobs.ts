/** How a job and the turn that its prompt is in belong together. Pure, like all of the fold. */
import type { ThreadRow, TurnRow } from "../wire.ts";
import { countTurnForJob } from "./fold_usage.ts";
import { advance, clearEstimate, setJob } from "./job_rules.ts";
import type { JobState, Tower } from "./state.ts";
import { claimTurn, endJob, mapThread, presentAgent, takeOver } from "./thread_rules.ts";
import { jobsOf } from "./turn_rules.ts";

/** Ties a job to the turn that its prompt is in. */
export function serve(
  tower: Tower,
  { thread, turn, job }: { thread: ThreadRow; turn: TurnRow; job: JobState },
): void {
  if (turn.job_ids.includes(job.job_id)) return;
  turn.job_ids.push(job.job_id);
  job.thread_id = thread.thread_id;
  job.turn_id = turn.turn_id;
  clearEstimate(job);
  for (const other of jobsOf(tower, turn)) other.shared_with = turn.job_ids.length - 1;
  if (job.agent && thread.agent === null && thread.parent_thread_id === null) {
    mapThread(tower, thread, job.agent);
    takeOver(tower, thread, turn.started_ts);
    if (turn.status === "running") claimTurn(tower, thread, turn);
  }
  turn.agent = thread.agent;
  job.agent ??= thread.agent;
  advance(job, "submitted", turn.started_ts);
  advance(job, "turn_started", turn.started_ts);
  showSettings(job, turn);
  countTurnForJob(job, turn);
  if (turn.status === "running") {
    job.finished_ts = job.duration_ms = null;
    setJob(job, "running", { ts: turn.started_ts, source: "rollout", detail: null });
    const agent = presentAgent(tower, thread);
    if (agent && agent.agent === job.agent) agent.job_id = job.job_id;
  } else if (turn.finished_ts !== null) {
    endJob(job, turn);
  }
}

export function showSettings(job: JobState, turn: TurnRow): void {
  job.model = turn.model ?? job.model;
  job.effort = turn.effort;
  job.approval_policy = turn.approval_policy;
  job.sandbox = turn.sandbox;
}
