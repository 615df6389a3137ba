/**
 * What a dispatch's own lines say: that a prompt was handed over, how far it got, what codexctl
 * printed, how the sender ended. Pure, like all of the fold.
 */
import { controllerSection } from "../codex/codexctl_line.ts";
import { findMarkers } from "../codex/markers.ts";
import type {
  ControllerOutputEvent,
  DispatchDoneEvent,
  DispatchEvent,
  PaneOutputEvent,
  ReceiptEvent,
} from "../wire.ts";
import {
  advance,
  clearEstimate,
  currentJob,
  findJob,
  finishJob,
  isOver,
  newJob,
  setJob,
  startTurn,
} from "./job_rules.ts";
import { serveHeld } from "./fold_sent.ts";
import type { JobState, Tower } from "./state.ts";

export function foldDispatch(tower: Tower, event: DispatchEvent): string | null {
  const targets = event.jobs?.length
    ? event.jobs
    : event.job_id
    ? [{ job_id: event.job_id, agent: event.agent ?? null, pane_id: event.pane_id ?? null }]
    : [];
  for (const target of targets) {
    const agent = agentName(tower, target.agent) ?? paneAgent(tower, target.pane_id);
    const job = tower.job(target.job_id) ?? tower.addJob(newJob(target.job_id, event.ts));
    if (isOver(job)) Object.assign(job, newJob(job.job_id, event.ts));
    job.agent = agent ?? job.agent;
    job.pane_id = target.pane_id ?? job.pane_id;
    job.dispatch_id = event.dispatch_id ?? event.job_id ?? null;
    job.prompt_text = event.prompt_text ?? job.prompt_text;
    job.prompt_hash = event.prompt_hash ?? job.prompt_hash;
    job.prompt_bytes = event.prompt_bytes ?? job.prompt_bytes;
    job.output_path = event.output_path ?? job.output_path;
    job.output_bytes = event.output_bytes ?? job.output_bytes;
    job.model = event.model ?? job.model;
    job.driver = event.driver ?? job.driver;
    job.updated_ts = event.ts;
    if (agent) {
      const row = tower.agent(agent);
      const current = currentJob(tower, row);
      if (event.model) row.model = event.model;
      if (!current || isOver(current)) row.job_id = job.job_id;
    }
  }
  return targets.length === 1 ? targets[0]!.job_id : event.job_id ?? null;
}

export function foldReceipt(tower: Tower, event: ReceiptEvent): string | null {
  const job = event.job_id ? findJob(tower, event.job_id) : undefined;
  if (!job) return event.job_id ?? null;
  if (event.pane_id) job.pane_id = event.pane_id;
  advance(job, event.receipt, event.ts);
  if (job.status === "queued" && event.receipt !== "queued" && event.receipt !== "typed") {
    setJob(job, "running", { ts: event.ts, source: "wrapper", detail: null });
  }
  const agent = job.agent ? tower.agent(job.agent) : undefined;
  if (agent?.status === "working" && event.receipt === "submitted") {
    startTurn(agent, job, event.ts);
  }
  return job.job_id;
}

export function foldControllerOutput(tower: Tower, event: ControllerOutputEvent): string | null {
  const dispatch_id = event.dispatch_id ?? event.job_id ?? null;
  if (!dispatch_id) return readOutput(tower, event, null);
  const dispatch = tower.dispatch(dispatch_id, event.ts);
  const section = event.stream === "stdout" ? controllerSection(event.text) : undefined;
  if (section) {
    const job = sectionJob(tower, { dispatch_id, ...section, ts: event.ts });
    dispatch.printing_job_id = job.job_id;
    if (section.output_path) job.output_path = section.output_path;
  }
  const job_id = dispatch.printing_job_id ?? event.job_id ?? null;
  const job = job_id ? findJob(tower, job_id) : undefined;
  if (job && event.stream === "stdout" && !section) readAnswer(tower, job, event);
  return readOutput(tower, event, job?.job_id ?? job_id);
}

/** The job that codexctl's own id belongs to: of this dispatch, in this pane; else a new one. */
function sectionJob(
  tower: Tower,
  section: { dispatch_id: string; marker: string; pane_id: string; ts: number },
): JobState {
  const known = findJob(tower, section.marker);
  if (known) return known;
  const agent = tower.agentByPane(section.pane_id)?.agent ?? null;
  const jobs = tower.dispatchJobs(section.dispatch_id).filter((job) => !job.marker);
  const job = jobs.find((job) => job.pane_id === section.pane_id) ??
    jobs.find((job) => agent && job.agent === agent) ??
    (tower.dispatchJobs(section.dispatch_id).length === 1 ? jobs.find((job) => job.agent) : null) ??
    splitJob(tower, section, agent);
  if (job.job_id !== section.marker) job.marker = section.marker;
  job.pane_id = section.pane_id;
  job.agent ??= agent;
  advance(job, "typed", section.ts);
  serveHeld(tower, job);
  return job;
}

/** An old wrapper's dispatch to several agents wrote one job: each agent that answers gets its own. */
function splitJob(
  tower: Tower,
  section: { dispatch_id: string; marker: string; pane_id: string; ts: number },
  agent: string | null,
): JobState {
  const whole = tower.job(section.dispatch_id);
  const job = tower.addJob(newJob(section.marker, whole?.started_ts ?? section.ts));
  job.dispatch_id = section.dispatch_id;
  job.agent = agent;
  job.prompt_text = whole?.prompt_text ?? null;
  job.prompt_hash = whole?.prompt_hash ?? null;
  job.prompt_bytes = whole?.prompt_bytes ?? null;
  job.model = whole?.model ?? null;
  setJob(job, "running", { ts: section.ts, source: "wrapper", detail: null });
  return job;
}

/**
 * codexctl prints the screen's tail: "Worked for …" below the line with our marker is Codex's own
 * end-of-turn row (REC codexctl-send-output). Above it, it belongs to an earlier prompt.
 */
function readAnswer(tower: Tower, job: JobState, event: ControllerOutputEvent): void {
  if (isOver(job)) return;
  if (findMarkers(event.text).some((id) => id === job.job_id || id === job.marker)) {
    job.printed = 1;
  } else if (job.printed === 1 && /^\s{0,4}Worked for [^ ]/.test(event.text)) {
    finishJob(job, "done", { ts: event.ts, source: "wrapper", detail: null });
    settleAgentJob(tower, job);
  }
}

/**
 * Output keeps its job fresh; what it says of tokens is read when the job has ended, or, where no turn
 * is seen, when nothing more comes for a while. Returns `job_id`.
 */
export function readOutput(
  tower: Tower,
  event: PaneOutputEvent | ControllerOutputEvent,
  job_id: string | null,
): string | null {
  const job = job_id ? tower.job(job_id) : undefined;
  if (job) {
    job.updated_ts = Math.max(job.updated_ts, event.ts);
    if (job.turn_started_ts === null) clearEstimate(job);
  }
  return job_id;
}

export function foldDispatchDone(tower: Tower, event: DispatchDoneEvent): string | null {
  const dispatch_id = event.dispatch_id ?? event.job_id ?? null;
  if (!dispatch_id) return null;
  const dispatch = tower.dispatch(dispatch_id, event.ts);
  dispatch.printing_job_id = null;
  const single = event.job_id ? tower.job(event.job_id) : undefined;
  const jobs = tower.dispatchJobs(dispatch_id);
  for (const job of jobs.length ? jobs : single ? [single] : []) {
    const own = event.jobs?.find((entry) => entry.job_id === job.job_id);
    endDelivery(job, {
      exit_code: own?.exit_code ?? event.exit_code,
      detail: own?.detail ?? null,
      ts: event.ts,
      shared: job.agent === null && jobs.length > 1,
    });
  }
  return event.job_id ?? (jobs.length === 1 ? jobs[0]!.job_id : null);
}

/** What the wrapper's end says of a job: only of its delivery, unless nobody else can say more. */
function endDelivery(
  job: JobState,
  end: { exit_code: number | null; detail: string | null; ts: number; shared: boolean },
): void {
  job.exit_code = end.exit_code;
  job.updated_ts = Math.max(job.updated_ts, end.ts);
  if (end.exit_code === null || isOver(job) || job.turn_started_ts !== null) return;
  const cause = { ts: end.ts, source: "wrapper" as const, detail: end.detail };
  const confirmed = job.receipt === "submitted";
  if (end.exit_code === 0) {
    advance(job, "typed", end.ts);
    if (job.agent === null) finishJob(job, "done", cause);
    else if (job.status === "queued") setJob(job, "running", cause);
  } else if (!confirmed) {
    const stopped = end.exit_code > 128;
    cause.detail ??= stopped
      ? `The sender was stopped by signal ${end.exit_code - 128} before a turn was seen`
      : `The sender ended with exit code ${end.exit_code} before a turn was seen`;
    finishJob(job, stopped ? "cancelled" : "error", cause);
  }
}

function settleAgentJob(tower: Tower, job: JobState): void {
  if (job.agent && !tower.agent(job.agent).job_id) tower.agent(job.agent).job_id = job.job_id;
}

/** Wrappers wrote what their user typed: `fast`, `@fast` or a pane id. */
function agentName(tower: Tower, target: string | null): string | null {
  if (!target) return null;
  if (target.startsWith("%")) return paneAgent(tower, target);
  const name = target.replace(/^@/, "");
  return name === "" || name === "all" || /^\d+$/.test(name) ? null : name;
}

function paneAgent(tower: Tower, pane_id: string | null): string | null {
  return pane_id ? tower.agentByPane(pane_id)?.agent ?? null : null;
}
