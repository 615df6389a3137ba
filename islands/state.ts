/**
 * What this page knows, as signals, and the two ways it changes: `load` (what the server embedded)
 * and `apply` (what the socket says). Everything is bounded: an open page must not grow for weeks.
 */
import { batch, computed, type Signal, signal } from "@preact/signals";
import type {
  AgentRow,
  AgentStatus,
  DoctorReport,
  JobRow,
  LiveMessage,
  ScreenRow,
  Snapshot,
  SourceHealth,
  UsageNow,
} from "../server/wire.ts";
import { now, setClock } from "./clock.ts";
import { loadCodex, tellAnyThread, tellThreads } from "./codex_state.ts";
import { countDone, loadDoneToday, missedDone } from "./done_today.ts";
import {
  type JobDetail,
  type JobsQuery,
  mergeLines,
  type OutputLine,
  outputLine,
  type PageName,
  type PageState,
  type Problem,
} from "./page_state.ts";

/** Rows kept beside those of open jobs, which are never dropped. */
const KEPT_JOBS = 200;
/** Lines of the controller timeline: more than anyone scrolls back, little enough to lay out. */
const KEPT_CONTROLLER_LINES = 500;
/** Lines of one job; what is cut is in the download. */
export const KEPT_JOB_LINES = 2_000;
/** Lines of an agent's transcript on the agents page. */
export const KEPT_TRANSCRIPT_LINES = 100;

export type Connection = "connecting" | "live" | "offline";

export const page_name = signal<PageName>("tower");
export const server_version = signal("");
export const connection = signal<Connection>("connecting");
/** False on the server and until the first render in the browser is done. */
export const hydrated = signal(false);

export const seq = signal(0);
/** When what is shown was last known to be true, by the server's clock. */
export const as_of_ts = signal(0);
export const agents = signal<readonly AgentRow[]>([]);
/** Newest `started_ts` first: a row never moves, so nothing jumps under a pointer or the focus. */
export const jobs = signal<readonly JobRow[]>([]);
export const controller = signal<readonly OutputLine[]>([]);
export const sources = signal<readonly SourceHealth[]>([]);
/** What was used today and the plan's limits, as last told. */
export const usage = signal<UsageNow>({ since_ts: 0, agents: [], limits: [] });
export const jobs_query = signal<JobsQuery | null>(null);
export const job_detail = signal<JobDetail | null>(null);
export const transcripts = signal<ReadonlyMap<string, readonly OutputLine[]>>(new Map());
export const doctor = signal<DoctorReport | null>(null);
export const problem = signal<Problem | null>(null);
/** Raised when rows may have changed that no message brought: pages with a list of their own ask again. */
export const stale = signal(0);
/** The version of a server that is not the one this page came from. */
export const newer_version = signal<string | null>(null);

const screens = new Map<string, Signal<ScreenRow | null>>();

/** An agent's screen; one signal each, because screens change most often. */
export function screenOf(agent: string): Signal<ScreenRow | null> {
  let screen = screens.get(agent);
  if (!screen) screens.set(agent, screen = signal<ScreenRow | null>(null));
  return screen;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * What an agent used since the server's midnight, its sub-agents' tokens in it; null while nobody can
 * say, because its Codex was not found.
 */
export function tokensToday({ agent, thread_id }: AgentRow): number | null {
  const { since_ts, agents } = usage.value;
  if (now.value >= since_ts + DAY_MS) return since_ts === 0 || thread_id === null ? null : 0;
  const row = agents.find(({ key }) => key === agent);
  return row?.total_tokens ?? (thread_id === null ? null : 0);
}

const NEEDS_ME: readonly AgentStatus[] = ["approval", "input", "auth", "error", "missing"];

/** Whether a person has to do something before this agent goes on. */
export function needsMe(agent: AgentRow): boolean {
  return NEEDS_ME.includes(agent.status);
}

export const waiting = computed(() => agents.value.filter(needsMe));

const jobs_by_id = computed(() => new Map(jobs.value.map((job) => [job.job_id, job])));

/** The job that an agent's running or last turn serves, if it is known here. */
export function jobOf(agent: AgentRow): JobRow | undefined {
  return agent.job_id ? jobs_by_id.value.get(agent.job_id) : undefined;
}

export function isOpen(job: JobRow): boolean {
  return job.status === "queued" || job.status === "running" || job.status === "blocked";
}

/** The sequence number up to which this page's rows are true, and when the last of them changed. */
let rows_seq = 0;
let rows_ts = 0;

/** Sets everything from what the server embedded in the page. */
export function load(state: PageState): void {
  batch(() => {
    const { snapshot } = state;
    setClock(snapshot.ts);
    screens.clear();
    page_name.value = state.page;
    server_version.value = state.server_version;
    newer_version.value = null;
    connection.value = "connecting";
    seq.value = rows_seq = snapshot.seq;
    as_of_ts.value = rows_ts = snapshot.ts;
    agents.value = snapshot.agents;
    jobs_query.value = state.jobs_query;
    jobs.value = sortJobs(snapshot.jobs);
    controller.value = snapshot.controller;
    sources.value = snapshot.sources;
    usage.value = snapshot.usage;
    loadDoneToday(state.done_today, snapshot.ts);
    job_detail.value = state.job_detail;
    loadCodex(state);
    transcripts.value = new Map(state.transcripts);
    doctor.value = state.doctor;
    problem.value = state.problem;
    for (const screen of snapshot.screens) screenOf(screen.agent).value = screen;
  });
}

/** Takes one message; changes that are not newer than what is shown are ignored. */
export function apply(message: LiveMessage): void {
  switch (message.type) {
    case "hello":
      if (message.server_version !== server_version.peek()) {
        newer_version.value = message.server_version;
      }
      break;
    case "snapshot":
      applySnapshot(message);
      break;
    case "changes":
      if (message.seq <= seq.peek()) return;
      addLines(message.events.flatMap((event) => outputLine(event) ?? []));
      seq.value = message.seq;
      putRows(message);
      tellThreads(message.events);
      if (connection.peek() === "live") {
        rows_seq = message.seq;
        rows_ts = Math.max(rows_ts, ...message.jobs.map((job) => job.updated_ts));
      }
      break;
    case "screen":
      screenOf(message.screen.agent).value = message.screen;
      break;
    case "sources":
      sources.value = message.sources;
      break;
    case "usage":
      usage.value = message.usage;
      break;
    default:
      message satisfies never;
  }
}

/**
 * The truth as of its `seq`, even when that is lower than ours: then the server has a new database.
 * Every missed event came before it; when some are missing all the same, lists start over.
 */
function applySnapshot(snapshot: Snapshot): void {
  const complete = snapshot.seq === seq.peek();
  const lines = snapshot.controller.flatMap((event) => outputLine(event) ?? []);
  controller.value = complete
    ? mergeLines(controller.peek(), lines, KEPT_CONTROLLER_LINES)
    : lines.slice(-KEPT_CONTROLLER_LINES);
  const known = snapshot.jobs.length ? jobs.peek().filter((job) => !isOpen(job)) : [];
  const ended = snapshot.jobs.filter((job) => !isOpen(job));
  const oldest_ts = Math.min(...ended.map((job) => job.updated_ts));
  const kept = complete ? known.filter((job) => job.updated_ts < oldest_ts) : [];
  if (snapshot.seq !== rows_seq) {
    stale.value++;
    if (ended.length && oldest_ts > rows_ts) missedDone();
  }
  jobs.value = kept;
  agents.value = [];
  seq.value = rows_seq = snapshot.seq;
  putRows(snapshot);
  const shown = new Set(snapshot.screens.map((screen) => screen.agent));
  for (const [agent, screen] of screens) if (!shown.has(agent)) screen.value = null;
  for (const screen of snapshot.screens) screenOf(screen.agent).value = screen;
  sources.value = snapshot.sources;
  usage.value = snapshot.usage;
  setClock(snapshot.ts);
  as_of_ts.value = rows_ts = snapshot.ts;
  tellAnyThread();
}

function putRows(rows: { agents: readonly AgentRow[]; jobs: readonly JobRow[] }): void {
  if (rows.agents.length) {
    const byName = new Map(agents.peek().map((agent) => [agent.agent, agent]));
    for (const agent of rows.agents) {
      byName.set(agent.agent, agent);
      if (agent.status === "missing") screenOf(agent.agent).value = null;
    }
    agents.value = [...byName.values()].sort((a, b) => a.agent < b.agent ? -1 : 1);
  }
  if (!rows.jobs.length) return;
  countDone(rows.jobs);
  const byId = new Map(jobs.peek().map((job) => [job.job_id, job]));
  for (const job of rows.jobs) byId.set(job.job_id, job);
  jobs.value = sortJobs([...byId.values()]);
  const detail = job_detail.peek();
  const shown = detail && rows.jobs.find((job) => job.job_id === detail.job.job_id);
  if (detail && shown) job_detail.value = { ...detail, job: shown };
}

/** Newest first; beyond the bound, or what the page was asked to list, only open jobs are kept. */
export function sortJobs(rows: readonly JobRow[]): JobRow[] {
  const sorted = [...rows].sort((a, b) =>
    b.started_ts - a.started_ts || (a.job_id < b.job_id ? -1 : 1)
  );
  const bound = Math.max(KEPT_JOBS, jobs_query.peek()?.limit ?? 0);
  return sorted.filter((job, index) => index < bound || isOpen(job));
}

/** Adds output to the lists that show it. */
function addLines(lines: OutputLine[]): void {
  if (lines.length === 0) return;
  const printed = lines.filter((line) => line.type === "controller_output");
  controller.value = mergeLines(controller.peek(), printed, KEPT_CONTROLLER_LINES);
  const detail = job_detail.peek();
  if (detail) {
    const { job_id, marker } = detail.job;
    const own = lines.filter((line) => line.job_id === job_id || line.job_id === marker);
    if (own.length) job_detail.value = putLines(detail, own);
  }
  if (page_name.peek() !== "agents") return;
  const next = new Map(transcripts.peek());
  for (const agent of new Set(lines.map((line) => line.agent))) {
    if (agent === null) continue;
    const own = lines.filter((line) => line.agent === agent && line.type === "pane_output");
    next.set(agent, mergeLines(next.get(agent) ?? [], own, KEPT_TRANSCRIPT_LINES));
  }
  transcripts.value = next;
}

/** The detail with more lines; what the bound pushes out is said to be cut. */
export function putLines(detail: JobDetail, more: readonly OutputLine[]): JobDetail {
  const lines = mergeLines(detail.lines, more, KEPT_JOB_LINES + 1);
  return lines.length > KEPT_JOB_LINES
    ? { ...detail, lines: lines.slice(-KEPT_JOB_LINES), cut: true }
    : { ...detail, lines };
}
