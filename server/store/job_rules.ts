/** How one job moves: what starts it, what ends it, and what that changes in its row. */
import type { JobStatus, Receipt, StatusSource, TurnOutcome } from "../wire.ts";
import { RECEIPTS } from "../wire.ts";
import type { AgentState, JobState, Tower } from "./state.ts";

/** Output that comes this long after a job's end still belongs to it: the screen is read a bit later. */
const AFTERMATH_MS = 2_000;

export function newJob(job_id: string, ts: number): JobState {
  return {
    job_id,
    agent: null,
    status: "queued",
    started_ts: ts,
    updated_ts: ts,
    duration_ms: null,
    prompt_text: null,
    prompt_hash: null,
    prompt_bytes: null,
    output_path: null,
    output_bytes: null,
    model: null,
    prompt_tokens_exact: null,
    completion_tokens_exact: null,
    total_tokens_exact: null,
    prompt_tokens_est: null,
    completion_tokens_est: null,
    total_tokens_est: null,
    dispatch_id: null,
    marker: null,
    pane_id: null,
    receipt: "queued",
    typed_ts: null,
    submitted_ts: null,
    turn_started_ts: null,
    finished_ts: null,
    status_source: null,
    status_detail: null,
    exit_code: null,
    thread_id: null,
    turn_id: null,
    cached_tokens_exact: null,
    reasoning_tokens_exact: null,
    compaction_tokens_exact: null,
    sub_agent_tokens_exact: null,
    shared_with: 0,
    estimate_method: null,
    effort: null,
    approval_policy: null,
    sandbox: null,
    driver: null,
    printed: 0,
  };
}

export function findJob(tower: Tower, id: string): JobState | undefined {
  return tower.job(id) ?? tower.jobByMarker(id);
}

export function currentJob(tower: Tower, agent: AgentState): JobState | undefined {
  return agent.job_id ? tower.job(agent.job_id) : undefined;
}

export function isOver(job: JobState): boolean {
  return job.status === "done" || job.status === "error" || job.status === "cancelled";
}

export function isRecent(job: JobState, ts: number): boolean {
  return job.finished_ts === null || ts - job.finished_ts <= AFTERMATH_MS;
}

/** The built-in driver says when it typed; codexctl does not, so its jobs count as typed at once. */
export function wasTyped(job: JobState): boolean {
  return job.driver !== "builtin" || job.receipt !== "queued";
}

export function advance(job: JobState, receipt: Receipt, ts: number): void {
  switch (receipt) {
    case "queued":
      break;
    case "typed":
      job.typed_ts ??= ts;
      break;
    case "submitted":
      // The turn can be seen on the screen before the one who pressed Enter has told.
      job.submitted_ts ??= Math.min(ts, job.turn_started_ts ?? ts);
      break;
    case "turn_started":
      job.turn_started_ts ??= ts;
      break;
    default:
      receipt satisfies never;
  }
  if (RECEIPTS.indexOf(receipt) > RECEIPTS.indexOf(job.receipt)) job.receipt = receipt;
  job.updated_ts = Math.max(job.updated_ts, ts);
}

export function startTurn(agent: AgentState, job: JobState, ts: number): void {
  if (job.turn_started_ts !== null) return;
  clearEstimate(job);
  advance(job, "turn_started", ts);
  agent.job_id = job.job_id;
  setJob(job, "running", { ts, source: agent.status_source ?? "screen", detail: null });
}

/** What was estimated too early, or is now stated exactly. */
export function clearEstimate(job: JobState): void {
  job.prompt_tokens_est = job.completion_tokens_est = job.total_tokens_est = null;
  job.estimate_method = null;
}

export interface Cause {
  ts: number;
  source: StatusSource;
  detail: string | null;
}

export function setJob(job: JobState, status: JobStatus, cause: Cause): void {
  job.status = status;
  job.status_source = cause.source;
  job.status_detail = cause.detail;
  job.updated_ts = Math.max(job.updated_ts, cause.ts);
}

export function finishJob(
  job: JobState,
  status: "done" | "error" | "cancelled",
  cause: Cause,
): void {
  setJob(job, status, cause);
  job.finished_ts ??= cause.ts;
  job.duration_ms = Math.max(0, job.finished_ts - job.started_ts);
}

export function outcomeStatus(outcome: TurnOutcome): "done" | "error" | "cancelled" {
  switch (outcome) {
    case "done":
      return "done";
    case "error":
      return "error";
    case "interrupted":
      return "cancelled";
    default:
      return outcome satisfies never;
  }
}
