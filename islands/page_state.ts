/**
 * What a page is made of: the server renders from it, embeds it as JSON, and the browser starts from
 * the same. Text in it is untrusted and only ever becomes text nodes.
 */
import type {
  CodexWork,
  Cost,
  DoctorReport,
  EventRow,
  JobRow,
  JobStatus,
  Snapshot,
  ThreadDetail,
  ThreadListRow,
  WireEvent,
} from "../server/wire.ts";

export type PageName =
  | "tower"
  | "jobs"
  | "job"
  | "agents"
  | "threads"
  | "thread"
  | "doctor"
  | "problem";

/** One printed piece of text with its origin: what timelines and transcripts are lists of. */
export interface OutputLine {
  seq: number;
  ts: number;
  type: string;
  agent: string | null;
  job_id: string | null;
  text: string;
  stream: string | null;
  sub_agent: string | null;
}

export interface JobsQuery {
  status: JobStatus | null;
  agent: string | null;
  limit: number;
}

export interface ThreadsQuery {
  agent: string | null;
  mapped: boolean | null;
  /** `updated_ts:thread_id` of the row that the page goes on from. */
  before: string | null;
}

/** One page of root threads, newest first, and after them the sub-agents below them. */
export interface ThreadPage {
  query: ThreadsQuery;
  threads: ThreadListRow[];
  has_more: boolean;
}

export interface JobDetail {
  job: JobRow;
  /** `pane_output` and `controller_output` of the job, oldest first. */
  lines: OutputLine[];
  /** Whether older lines were left out; the download has them. */
  cut: boolean;
  /** What its exact tokens cost; null where the price list does not tell. */
  cost: Cost | null;
  has_prices: boolean;
}

/** Jobs that ended as done since `since_ts`, the server's midnight. */
export interface DoneToday {
  since_ts: number;
  count: number;
}

export interface PageState {
  page: PageName;
  server_version: string;
  /** Only what this page shows: lists that it does not show are empty. */
  snapshot: Omit<Snapshot, "controller"> & { controller: OutputLine[] };
  done_today: DoneToday | null;
  jobs_query: JobsQuery | null;
  job_detail: JobDetail | null;
  /** The shown job's thread and turns. */
  job_work: CodexWork | null;
  thread_page: ThreadPage | null;
  thread_detail: ThreadDetail | null;
  /** The newest output of each agent's running or last job. */
  transcripts: [agent: string, lines: OutputLine[]][];
  doctor: DoctorReport | null;
  problem: Problem | null;
}

/** A page that could not be shown, in words. */
export interface Problem {
  title: string;
  detail: string;
}

/** The output that an event carries, or undefined for an event without any. */
export function outputLine(event: WireEvent | EventRow): OutputLine | undefined {
  if (event.type !== "pane_output" && event.type !== "controller_output") return undefined;
  const text = (value: unknown) => typeof value === "string" ? value : null;
  return {
    seq: event.id,
    ts: event.ts,
    type: event.type,
    agent: event.agent,
    job_id: event.job_id,
    text: text(event.text) ?? "",
    stream: text(event["stream"]),
    sub_agent: text(event["sub_agent"]),
  };
}

/** Both lists in order of `seq`, each line once, at most the newest `limit`. */
export function mergeLines(
  old: readonly OutputLine[],
  more: readonly OutputLine[],
  limit: number,
): OutputLine[] {
  if (more.length === 0) return old as OutputLine[];
  const last = old.at(-1)?.seq ?? -1;
  const merged = more[0]!.seq > last
    ? [...old, ...more]
    : [...new Map([...old, ...more].map((line) => [line.seq, line])).values()]
      .sort((a, b) => a.seq - b.seq);
  return merged.length > limit ? merged.slice(-limit) : merged;
}
