/** What a line of Codex's session files, and a look at who writes them, can become. Imports nothing. */

/** What every event has; wrappers other than ours leave most of it out. */
export interface EventHead {
  ts: number;
  session?: string | null;
  agent?: string | null;
  pane_id?: string | null;
  window_name?: string | null;
  job_id?: string | null;
}

/** How a turn ended, where a source can tell. */
export const TURN_OUTCOMES = ["done", "error", "interrupted"] as const;
export type TurnOutcome = typeof TURN_OUTCOMES[number];

/*
 * What Codex's own session files say: `server/codex/rollout_line.ts` makes these. `job_id` is never
 * on them; the fold finds it by the marker.
 */

/** cached is inside input, reasoning inside output, total = input + output. */
export interface TokenUsage {
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
  reasoning_output_tokens: number;
  total_tokens: number;
}

interface RolloutHead extends EventHead {
  thread_id: string;
}

/** The first line of a session file. */
export interface ThreadEvent extends RolloutHead {
  type: "thread";
  /** The root thread of the tree that this one belongs to. */
  root_thread_id: string;
  parent_thread_id: string | null;
  forked_from_id: string | null;
  agent_nickname: string | null;
  agent_path: string | null;
  cwd: string | null;
  originator: string | null;
  cli_version: string | null;
  git_branch: string | null;
  format: "paginated" | "legacy";
  rollout: string;
}

export interface TurnStartedEvent extends RolloutHead {
  type: "turn_started";
  turn_id: string;
  /** The turn of the tree's root that this one works for; its own id outside of sub-agents. */
  root_turn_id: string;
  /** user, queue, exec … where the file says so. */
  trigger: string | null;
  context_window: number | null;
}

export interface TurnContextEvent extends RolloutHead {
  type: "turn_context";
  turn_id: string | null;
  model: string | null;
  effort: string | null;
  approval_policy: string | null;
  sandbox: string | null;
  cwd: string | null;
}

export const ITEM_KINDS = [
  "user",
  "assistant",
  "reasoning",
  "command",
  "file_change",
  "plan",
  "sub_agent",
  "compaction",
  "tool_call",
  "other",
] as const;
export type ItemKind = typeof ITEM_KINDS[number];

/** One finished item of a turn's transcript. It may come after the turn's end. */
export interface TurnItemEvent extends RolloutHead {
  type: "turn_item";
  turn_id: string | null;
  item_id: string | null;
  item: ItemKind;
  text: string | null;
  /** Ids of the job markers in a user's message. */
  markers: string[];
  command: string | null;
  cwd: string | null;
  output: string | null;
  exit_code: number | null;
  status: string | null;
  duration_ms: number | null;
  changes: { path: string; kind: string; diff: string | null }[] | null;
  child_thread_id: string | null;
}

/** One model response's tokens, exact; `response_id` is unique in the world. */
export interface UsageEvent extends RolloutHead, TokenUsage {
  type: "usage";
  turn_id: string | null;
  response_id: string;
  /** Legacy lines state both at once. */
  limits: Limits | null;
}

/** The context was made smaller; the response that summed it up is no answer to a prompt. */
export interface CompactedEvent extends RolloutHead {
  type: "compacted";
  /** That response; null where the line does not name it. */
  response_id: string | null;
}

export interface LimitWindow {
  used_percent: number;
  window_minutes: number | null;
  /** Milliseconds since the epoch. */
  resets_ts: number | null;
}

/** How a context's fill is known: from the last response's usage, or by Codex's own estimate. */
export const CONTEXT_KINDS = ["exact", "estimated"] as const;
export type ContextKind = typeof CONTEXT_KINDS[number];

export interface Limits {
  limit_id: string | null;
  limit_name: string | null;
  primary: LimitWindow | null;
  secondary: LimitWindow | null;
  plan_type: string | null;
  reached: string | null;
  /** What is in the context window; null when the line does not say, or says what cannot be. */
  context_tokens: number | null;
  /** "unknown": what was known before holds no more. Null: the line does not say. */
  context_kind: ContextKind | "unknown" | null;
  context_window: number | null;
}

export interface LimitsEvent extends RolloutHead, Limits {
  type: "limits";
}

export interface TurnEndedEvent extends RolloutHead {
  type: "turn_ended";
  turn_id: string;
  outcome: TurnOutcome;
  error_message: string | null;
  error_code: string | null;
  last_message: string | null;
  duration_ms: number | null;
}

/** An agent's pane was found to run a thread. */
export interface ThreadMappedEvent extends RolloutHead {
  type: "thread_mapped";
  agent: string;
  pane_id: string;
  /** How it is known: the pane's process holds the thread's lock, or the title names it. */
  via: "lock" | "title";
  /** The turn whose start made somebody look; it may have ended since. */
  turn_id?: string | null;
}

/** A session file is in another place: `codex archive` moves it, and `unarchive` back. */
export interface ThreadMovedEvent extends RolloutHead {
  type: "thread_moved";
  rollout: string;
}

/** Nobody is left who could write a turn's end: the process that worked on it was killed. */
export interface TurnLostEvent extends RolloutHead {
  type: "turn_lost";
  turn_id: string;
}

/** What a thread does right now, as Codex's own daemon says. */
export const THREAD_STATUSES = ["idle", "working", "approval", "input"] as const;
export type ThreadStatus = typeof THREAD_STATUSES[number];

/** Codex's daemon told what a thread does. */
export interface ThreadStatusEvent extends RolloutHead {
  type: "thread_status";
  /** Null when no daemon says it any more. */
  status: ThreadStatus | null;
}

/** What one line of a session file can become. */
export type RolloutEvent =
  | ThreadEvent
  | ThreadMovedEvent
  | TurnStartedEvent
  | TurnContextEvent
  | TurnItemEvent
  | UsageEvent
  | LimitsEvent
  | CompactedEvent
  | TurnEndedEvent;

/** What no line of the event file may say: only session files and what watches them. */
export const ROLLOUT_TYPES = [
  "thread",
  "thread_moved",
  "turn_started",
  "turn_context",
  "turn_item",
  "usage",
  "limits",
  "compacted",
  "turn_ended",
  "thread_mapped",
  "turn_lost",
  "thread_status",
] as const satisfies readonly (
  | RolloutEvent
  | ThreadMappedEvent
  | TurnLostEvent
  | ThreadStatusEvent
)["type"][];
