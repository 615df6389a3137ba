/**
 * The contract with the browser and every other client: rows, unions, messages. Row shape = wire
 * shape, snake_case, so there is no mapping code. `ts` and `*_ts` are integer milliseconds since the
 * epoch. Every key is always present, `null` where unknown. This file imports nothing but its parts in
 * `wire/`, and exports all of them.
 */
import type { AgentStatus, JobStatus, Receipt, StatusSource } from "./wire/status.ts";
import type { ContextKind } from "./wire/codex_events.ts";
import type { UsageNow } from "./wire/threads.ts";
import type { EstimateMethod, TokenFields } from "./wire/tokens.ts";

export * from "./wire/codex_events.ts";
export * from "./wire/events.ts";
export * from "./wire/search.ts";
export * from "./wire/status.ts";
export * from "./wire/threads.ts";
export * from "./wire/tokens.ts";

/** Raised when a message or row changes its meaning; a page of another version reloads itself. */
export const PROTOCOL_VERSION = 1;

/** What one tier last said of an agent. */
export interface StatusClaim {
  status: AgentStatus;
  ts: number;
  /** What a person should read beside the status: the question, the error, the dialog's title. */
  detail: string | null;
  /** Names what is behind the status for programs: a dialog (`trust`), or Codex's own error code. */
  code: string | null;
}

export interface AgentRow {
  agent: string;
  status: AgentStatus;
  status_source: StatusSource | null;
  status_ts: number | null;
  status_detail: string | null;
  /**
   * Names what is behind the status: the dialog that is open (`approval`, `question`, `login`, `trust`,
   * `update`, `hooks_review`, `usage_limit`, `agents_center`, `menu`), else Codex's own error code
   * (`usage_limit_exceeded`, `http_connection_failed 401`); null where there is neither.
   */
  status_code: string | null;
  /** Another tier's claim when it contradicts the status shown, in words; else null. */
  status_conflict: string | null;
  last_seen: number | null;
  pane_id: string | null;
  window_name: string | null;
  session: string | null;
  model: string | null;
  /** The job that its running or last turn serves. */
  job_id: string | null;
  /** The Codex thread that its pane runs or ran last, once that is known, and its newest turn. */
  thread_id: string | null;
  turn_id: string | null;
  /** As the newest turn of that thread states them. */
  effort: string | null;
  approval_policy: string | null;
  sandbox: string | null;
  /** What the model's context holds; null while nobody can say, and never a guess. */
  context_tokens: number | null;
  context_kind: ContextKind | null;
  context_window: number | null;
  /** Exact tokens of that turn so far, and beside them those of its sub-agents. */
  turn_tokens: number | null;
  turn_sub_agent_tokens: number | null;
}

export interface JobRow extends TokenFields {
  job_id: string;
  agent: string | null;
  status: JobStatus;
  started_ts: number;
  updated_ts: number;
  duration_ms: number | null;
  prompt_text: string | null;
  prompt_hash: string | null;
  prompt_bytes: number | null;
  output_path: string | null;
  output_bytes: number | null;
  model: string | null;
  /** One act of sending: all jobs of a dispatch to several agents share it. */
  dispatch_id: string | null;
  /** The id in the `[JOB:<id>]` that reached the pane, when codexctl made one of its own. */
  marker: string | null;
  pane_id: string | null;
  receipt: Receipt;
  typed_ts: number | null;
  submitted_ts: number | null;
  turn_started_ts: number | null;
  finished_ts: number | null;
  status_source: StatusSource | null;
  /** Why it is blocked, failed or cancelled. */
  status_detail: string | null;
  exit_code: number | null;
  /** Where its prompt stands in Codex's own session files, once it was seen there. */
  thread_id: string | null;
  turn_id: string | null;
  /** Inside `prompt_tokens_exact`. */
  cached_tokens_exact: number | null;
  /** Inside `completion_tokens_exact`. */
  reasoning_tokens_exact: number | null;
  /** Inside `total_tokens_exact`: what making the context smaller took. */
  compaction_tokens_exact: number | null;
  /** What its sub-agents used: not in any of the figures above. */
  sub_agent_tokens_exact: number | null;
  /** How many other jobs its turn serves: their figures are the same tokens. */
  shared_with: number;
  /** How the `*_est` figures were made; null where there are none. */
  estimate_method: EstimateMethod | null;
  /** As its turn states them. */
  effort: string | null;
  approval_policy: string | null;
  sandbox: string | null;
}

/**
 * One event as every client gets it: the event's own fields (as on its line in the event file), with
 * the keys below always there. `id` and `seq` are the same number: the row id and the resume point.
 */
export interface WireEvent {
  id: number;
  seq: number;
  ts: number;
  type: string;
  session: string | null;
  agent: string | null;
  pane_id: string | null;
  window_name: string | null;
  job_id: string | null;
  [field: string]: unknown;
}

/** What a pane shows now. State, not an event: it has no seq and is not stored. */
export interface ScreenRow {
  agent: string;
  pane_id: string;
  ts: number;
  width: number;
  height: number;
  title: string;
  /** One entry a row, with SGR colour sequences and no other control characters. */
  lines: string[];
}

/** How a source is doing, shown in health and doctor. */
export interface SourceHealth {
  source: string;
  state: "starting" | "catching_up" | "live" | "waiting" | "failed" | "stopped";
  /** What it waits for or why it failed, with the remedy. */
  detail: string | null;
  /** Bytes known to be unread; null where the word makes no sense. */
  lag_bytes: number | null;
  bad_lines: number;
  last_ts: number | null;
}

/** What `commit` returned and the hub publishes: the batch's events and the rows they changed. */
export interface Change {
  seq: number;
  events: WireEvent[];
  agents: AgentRow[];
  jobs: JobRow[];
}

/** Everything a fresh client needs; the truth as of `seq`. */
export interface Snapshot {
  seq: number;
  ts: number;
  agents: AgentRow[];
  jobs: JobRow[];
  screens: ScreenRow[];
  /** The newest `controller_output` events, oldest first. */
  controller: WireEvent[];
  sources: SourceHealth[];
  usage: UsageNow;
}

/**
 * Server → browser on `/ws/live`. In order: `hello`; with `?since=seq`, the missed events as
 * `changes` (their rows empty: the snapshot has them); `snapshot`; then `changes`, `screen`,
 * `sources` and `usage`, each when it is another.
 * Of a `turn_item` only the head, `thread_id` and `turn_id` are told; the item is in its transcript.
 */
export type LiveMessage =
  | { type: "hello"; protocol_version: number; server_version: string }
  | ({ type: "snapshot" } & Snapshot)
  | ({ type: "changes" } & Change)
  | { type: "screen"; screen: ScreenRow }
  | { type: "sources"; sources: SourceHealth[] }
  | { type: "usage"; usage: UsageNow };

/** Doctor */
export const SEVERITIES = ["ok", "info", "warning", "error"] as const;
export type Severity = typeof SEVERITIES[number];

export interface Finding {
  /** A stable snake_case name: `tmux_missing`, `event_file_unwritable` … */
  id: string;
  severity: Severity;
  title: string;
  detail: string | null;
  /** The exact command or edit that mends it; null when there is nothing to do. */
  remedy: string | null;
}

export interface DoctorAgent {
  pane_id: string | null;
  window_name: string | null;
  responsive: boolean;
  auth_needed: boolean;
  mode: "windows" | "panes";
}

export interface DoctorReport {
  agents: Record<string, DoctorAgent>;
  findings: Finding[];
  ts: number;
}

/** `POST /api/dispatch`. `wait` in seconds; `outdir` as codexctl's `--outdir`. */
export interface DispatchRequest {
  targets: string[];
  prompt: string;
  parallel?: boolean | undefined;
  wait?: number | undefined;
  outdir?: string | undefined;
  job_id?: string | undefined;
}
