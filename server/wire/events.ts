/** Events: what the lines of the event file say, and what sources see themselves. */
import type {
  EventHead,
  RolloutEvent,
  ThreadMappedEvent,
  ThreadStatusEvent,
  TurnLostEvent,
  TurnOutcome,
} from "./codex_events.ts";
import type { AgentStatus, Receipt, StatusSource } from "./status.ts";
import type { TokenEstimateEvent, TokenFields } from "./tokens.ts";

// Wrappers other than ours write fewer fields: readers take every one of them as possibly missing.

/** A prompt was handed over. Ours name every job; the old wrapper's only `job_id`. */
export interface DispatchEvent extends EventHead {
  type: "dispatch";
  dispatch_id?: string | null;
  targets?: string[] | null;
  jobs?: { job_id: string; agent: string | null; pane_id: string | null }[] | null;
  /** Null above 10,000 characters; `prompt_hash` is the sha256 in hex. */
  prompt_text: string | null;
  prompt_hash: string | null;
  prompt_bytes: number | null;
  output_path?: string | null;
  output_bytes?: number | null;
  model?: string | null;
  /** The argv after `codexdash`. */
  args?: string[] | null;
  driver?: "builtin" | "codexctl" | null;
}

/** One line of codexctl's output, or of ours in its place. */
export interface ControllerOutputEvent extends EventHead {
  type: "controller_output";
  dispatch_id?: string | null;
  text: string;
  stream: "stdout" | "stderr";
}

/** Lines that are new on an agent's screen, joined with newlines. */
export interface PaneOutputEvent extends EventHead {
  type: "pane_output";
  text: string;
}

/** The wrapper has ended: 0, the child's code, or 128 + its signal; null when it did not say. */
export interface DispatchDoneEvent extends EventHead {
  type: "dispatch_done";
  dispatch_id?: string | null;
  exit_code: number | null;
  /** Where a dispatch to several targets went differently for each. */
  jobs?: { job_id: string; exit_code: number; detail: string | null }[] | null;
}

/** Proof that a job's delivery got this far. */
export interface ReceiptEvent extends EventHead {
  type: "receipt";
  receipt: Receipt;
  detail?: string | null;
}

/** One tier's claim about an agent, sent when it changes. */
export interface AgentStateEvent extends EventHead {
  type: "agent_state";
  agent: string;
  status: AgentStatus;
  status_source: StatusSource;
  status_detail: string | null;
  /** As in `AgentRow`; left out where there is none. */
  status_code?: string | null;
  /** How the turn that just ended went, where the tier can tell; else null. */
  outcome: TurnOutcome | null;
}

/** An agent's pane was found, or is another one than before. */
export interface AgentMappedEvent extends EventHead {
  type: "agent_mapped";
  agent: string;
  pane_id: string;
  window_name: string;
  session: string;
  model?: string | null;
}

/** A prompt with a marker is on an agent's screen that was not there before. */
export interface MarkerSeenEvent extends EventHead {
  type: "marker_seen";
  agent: string;
  pane_id: string;
  marker: string;
  /** What follows the marker in the prompt, as far as the screen shows it. */
  text: string;
}

/** One of Codex's hooks or its `notify` ran: `codexdash hook` writes these (codex.md §8, §9). */
export interface HookEvent extends EventHead {
  type: "hook";
  /** Codex's own name of it: `Stop`, `PreToolUse` …; `notify` for the notify program. */
  hook: string;
  thread_id: string;
  turn_id: string | null;
  /** The sub-agent's thread, when one of those did it; `thread_id` is then the tree's root. */
  sub_agent_id: string | null;
  tool: string | null;
  /** How it went, where Codex says: `completed`, `failed`, `cancelled`. */
  status: string | null;
  /** The command, the error or the reason that came with it, shortened. */
  detail: string | null;
  model: string | null;
}

/** A line that could not be used; the rest of its file was. */
export interface BadLineEvent extends EventHead {
  type: "bad_line";
  source: string;
  /** The path it was read from; `file_key` is the file's identity, which survives a rename. */
  file: string;
  file_key: string;
  offset: number;
  /** Its length without the newline. */
  bytes: number;
  reason: string;
}

export type EventPayload =
  | DispatchEvent
  | ControllerOutputEvent
  | PaneOutputEvent
  | DispatchDoneEvent
  | ReceiptEvent
  | AgentStateEvent
  | AgentMappedEvent
  | MarkerSeenEvent
  | HookEvent
  | BadLineEvent
  | ThreadMappedEvent
  | ThreadStatusEvent
  | TurnLostEvent
  | TokenEstimateEvent
  | RolloutEvent;

/**
 * One event on its way into the store. `payload_text` is the JSON that is stored and served: of a
 * usable line the line itself, unchanged. `offset` is where its line starts in the file; null when
 * no file holds it. `payload.type` may be a word that this version does not know: keep it, fold
 * nothing.
 */
export interface NewEvent {
  payload: EventPayload;
  payload_text: string;
  offset: number | null;
}

/** `GET /api/events` rows: flat columns of the old table, `payload` the event's JSON text. */
export interface EventRow extends TokenFields {
  id: number;
  ts: number;
  type: string;
  session: string | null;
  agent: string | null;
  pane_id: string | null;
  window_name: string | null;
  job_id: string | null;
  payload: string;
  prompt_text: string | null;
  prompt_hash: string | null;
  prompt_bytes: number | null;
  output_path: string | null;
  output_bytes: number | null;
  model: string | null;
  text: string | null;
  status: string | null;
  sub_agent: string | null;
  stream: string | null;
  exit_code: number | null;
}
