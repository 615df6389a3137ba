/** What one dispatch's drivers share: its jobs, where its events and its output go. */
import type { Config } from "../config.ts";
import type { Receipt } from "../wire.ts";
import type { Output } from "./codexctl_run.ts";
import type { EventLog } from "./event_log.ts";

/** One prompt on one agent. What only codexctl knows (`route`, `ship`) has no agent or pane here. */
export interface DispatchedJob {
  job_id: string;
  agent: string | null;
  pane_id: string | null;
}

export interface ReceiptNotice extends DispatchedJob {
  receipt: Receipt;
  detail: string | null;
}

export interface Run {
  config: Config;
  dispatch_id: string;
  jobs: DispatchedJob[];
  log: EventLog;
  output: Output | undefined;
  onReceipt: ((notice: ReceiptNotice) => void) | undefined;
  onWarning: (message: string) => void;
  /** Aborted when the sender no longer waits; its reason is the exit code. */
  stop: AbortSignal | undefined;
}

/** How one job's delivery, and the waiting for its answer, ended. */
export interface JobEnd extends DispatchedJob {
  /** 0 done, 1 failed, 3 blocked, 4 not finished in time; codexctl's own code where it types. */
  exit_code: number;
  detail: string | null;
}

export interface DispatchEnd {
  exit_code: number;
  jobs: JobEnd[];
}

/** Records that a job's delivery got this far, and tells whoever sent it. */
export function recordReceipt(
  run: Run,
  job: DispatchedJob,
  { receipt, detail = null }: { receipt: Receipt; detail?: string | null },
): void {
  run.log.append({ type: "receipt", ...eventHead(run, job), receipt, detail });
  run.onReceipt?.({ ...job, receipt, detail });
}

/** Records one line of what the sender sees. `job` is undefined where it concerns all of them. */
export function recordLine(
  run: Run,
  job: DispatchedJob | undefined,
  line: { text: string; stream: "stdout" | "stderr" },
): void {
  run.log.append({
    type: "controller_output",
    ...eventHead(run, job),
    dispatch_id: run.dispatch_id,
    ...line,
  });
}

/** Records how the dispatch ended, which is also what its sender gets. */
export function recordEnd(run: Run, jobs: JobEnd[]): DispatchEnd {
  const exit_code = worstCode(jobs.map(({ exit_code }) => exit_code));
  run.log.append({
    type: "dispatch_done",
    ...eventHead(run, jobs.length === 1 ? jobs[0] : undefined),
    dispatch_id: run.dispatch_id,
    exit_code,
    jobs: jobs.map(({ job_id, exit_code, detail }) => ({ job_id, exit_code, detail })),
  });
  return { exit_code, jobs };
}

/** The code of several: a stop by a signal says more than a failure, and that more than a wait. */
function worstCode(codes: number[]): number {
  const failed = codes.filter((code) => code !== 0);
  return failed.find((code) => code > 128) ?? (failed.includes(1) ? 1 : failed[0] ?? 0);
}

function eventHead(run: Run, job: DispatchedJob | undefined) {
  return {
    ts: Date.now(),
    session: run.config.session,
    agent: job?.agent ?? null,
    pane_id: job?.pane_id ?? null,
    job_id: job?.job_id ?? null,
  };
}
