/** What session files amount to: threads, turns, transcripts, usage and plan limits as clients get them. */
import {
  type ContextKind,
  type ThreadStatus,
  type TokenUsage,
  TURN_OUTCOMES,
  type TurnItemEvent,
} from "./codex_events.ts";

export const TURN_STATUSES = ["running", ...TURN_OUTCOMES, "lost"] as const;
export type TurnStatus = typeof TURN_STATUSES[number];

/** A Codex thread; its tokens are its own, without its parent's and its sub-agents'. */
export interface ThreadRow extends TokenUsage {
  thread_id: string;
  root_thread_id: string;
  parent_thread_id: string | null;
  forked_from_id: string | null;
  /** The agent in whose pane it ran, null while that is not known. */
  agent: string | null;
  agent_nickname: string | null;
  agent_path: string | null;
  cwd: string | null;
  originator: string | null;
  cli_version: string | null;
  git_branch: string | null;
  format: "paginated" | "legacy";
  rollout: string;
  model: string | null;
  effort: string | null;
  approval_policy: string | null;
  sandbox: string | null;
  /** The turn that runs now. */
  turn_id: string | null;
  /** Its first prompt. */
  preview: string | null;
  started_ts: number;
  updated_ts: number;
  context_tokens: number | null;
  context_kind: ContextKind | null;
  context_window: number | null;
  /** Inside `total_tokens`. */
  compaction_tokens: number;
  /** What Codex's daemon says that it does, and since when; null while none says anything. */
  live_status: ThreadStatus | null;
  live_ts: number | null;
}

/** A thread as lists show it. */
export interface ThreadListRow extends ThreadRow {
  /** How many it has. */
  turns: number;
  /** How its newest turn stands. */
  turn_status: TurnStatus | null;
  /** The first prompt of the thread that it was forked from. */
  forked_from_preview: string | null;
}

export interface TurnRow extends TokenUsage {
  turn_id: string;
  thread_id: string;
  root_turn_id: string | null;
  agent: string | null;
  status: TurnStatus;
  trigger: string | null;
  model: string | null;
  effort: string | null;
  approval_policy: string | null;
  sandbox: string | null;
  cwd: string | null;
  started_ts: number;
  finished_ts: number | null;
  duration_ms: number | null;
  error_code: string | null;
  error_message: string | null;
  last_message: string | null;
  /** The jobs that it serves: with more than one, its tokens are shared by them. */
  job_ids: string[];
  /** Inside `total_tokens`. */
  compaction_tokens: number;
  /** What turns of sub-agents used for it, at any depth: not in the figures above. */
  sub_agent_tokens: number;
}

/** What a response was for: a turn's work, or making the context smaller. */
export const RESPONSE_KINDS = ["turn", "compaction"] as const;
export type ResponseKind = typeof RESPONSE_KINDS[number];

/** One model response. */
export interface ResponseRow extends TokenUsage {
  response_id: string;
  kind: ResponseKind;
  ts: number;
  thread_id: string;
  turn_id: string | null;
  agent: string | null;
  model: string | null;
}

/** A plan limit as stated from `ts` to `stated_ts`: the same figure said again makes no new row. */
export interface LimitRow {
  ts: number;
  stated_ts: number;
  limit_id: string;
  limit_name: string | null;
  span: "primary" | "secondary";
  used_percent: number;
  window_minutes: number | null;
  resets_ts: number | null;
  plan_type: string | null;
  /** Whether the window was over when this was answered: what is used since is not known. */
  was_reset: boolean;
}

/**
 * Tokens of many responses under one key: an agent's name, a job's or thread's id, a model, a day
 * (`2026-11-21`), an hour (`2026-11-21T14:00+01:00`), `total`.
 */
export interface UsageRow extends TokenUsage {
  key: string | null;
  responses: number;
  /** Parts of `total_tokens`, each token in one of them at most: compaction is that of main threads. */
  compaction_tokens: number;
  sub_agent_tokens: number;
  /** By job: the other jobs that the same tokens serve. They are counted here and nowhere else. */
  shared_with: string[];
}

/** What agents used since the server's midnight, and the limits as last stated. */
export interface UsageNow {
  since_ts: number;
  agents: UsageRow[];
  limits: LimitRow[];
}

/** What a job or a thread is in Codex: its thread, turns (oldest first), sub-agents at any depth. */
export interface CodexWork {
  thread: ThreadRow | null;
  turns: TurnRow[];
  /** Oldest first; `parent_thread_id` makes the tree. */
  sub_agents: ThreadListRow[];
}

/** `GET /api/threads/{thread_id}`: the thread and what it comes from and led to. */
export interface ThreadDetail extends CodexWork {
  thread: ThreadRow;
  parent: ThreadRow | null;
  forked_from: ThreadRow | null;
  forks: ThreadListRow[];
}

/**
 * One item of a transcript as clients get it, oldest first. With `cut` a text of it is longer than
 * the client asked for.
 */
export type TranscriptItem =
  & { seq: number; cut: boolean }
  & Pick<
    TurnItemEvent,
    | "ts"
    | "turn_id"
    | "item_id"
    | "item"
    | "text"
    | "command"
    | "cwd"
    | "output"
    | "exit_code"
    | "status"
    | "duration_ms"
    | "changes"
    | "child_thread_id"
  >;
