/** Threads as their session files tell of them, for tests that need other ones than were recorded. */
import type {
  EventPayload,
  ItemKind,
  ThreadEvent,
  TurnItemEvent,
  UsageEvent,
} from "../../server/wire.ts";

export function threadEvent(
  thread_id: string,
  ts: number,
  more: Partial<ThreadEvent> = {},
): ThreadEvent {
  return {
    type: "thread",
    ts,
    thread_id,
    root_thread_id: more.parent_thread_id ?? thread_id,
    parent_thread_id: null,
    forked_from_id: null,
    agent_nickname: null,
    agent_path: null,
    cwd: "/home/demo/parcel",
    originator: "codex-tui",
    cli_version: "0.169.0",
    git_branch: "main",
    format: "paginated",
    rollout: `/home/demo/.codex/sessions/rollout-${thread_id}.jsonl`,
    ...more,
  };
}

/** The start of a turn; `root` is the turn of the tree's root that it works for. */
export function turnStart(
  { thread_id, turn_id, ts, root = turn_id }: {
    thread_id: string;
    turn_id: string;
    ts: number;
    root?: string;
  },
): EventPayload[] {
  return [
    {
      type: "turn_started",
      ts,
      thread_id,
      turn_id,
      root_turn_id: root,
      trigger: "user",
      context_window: 258_400,
    },
    {
      type: "turn_context",
      ts,
      thread_id,
      turn_id,
      model: "gpt-6.1-sol",
      effort: "medium",
      approval_policy: "on-request",
      sandbox: "workspace-write",
      cwd: "/home/demo/parcel",
    },
  ];
}

export function turnItem(
  item: ItemKind,
  { thread_id, turn_id, ts }: { thread_id: string; turn_id: string | null; ts: number },
  more: Partial<TurnItemEvent> = {},
): TurnItemEvent {
  return {
    type: "turn_item",
    ts,
    thread_id,
    turn_id,
    item_id: null,
    item,
    text: null,
    markers: [],
    command: null,
    cwd: null,
    output: null,
    exit_code: null,
    status: null,
    duration_ms: null,
    changes: null,
    child_thread_id: null,
    ...more,
  };
}

export function usageEvent(
  { thread_id, turn_id, ts }: { thread_id: string; turn_id: string; ts: number },
  response_id: string,
): UsageEvent {
  return {
    type: "usage",
    ts,
    thread_id,
    turn_id,
    response_id,
    input_tokens: 1_200,
    cached_input_tokens: 1_000,
    output_tokens: 85,
    reasoning_output_tokens: 64,
    total_tokens: 1_285,
    limits: null,
  };
}

export function turnEnd(
  { thread_id, turn_id, ts }: { thread_id: string; turn_id: string; ts: number },
  error?: { message: string; code: string },
): EventPayload {
  return {
    type: "turn_ended",
    ts,
    thread_id,
    turn_id,
    outcome: error ? "error" : "done",
    error_message: error?.message ?? null,
    error_code: error?.code ?? null,
    last_message: null,
    duration_ms: 4_000,
  };
}
