/**
 * What one line of a Codex session file says. Both formats: paginated (0.169) and legacy (0.101,
 * 0.141), told apart by `history_mode` on the first line. Pure: it takes the file's memory and a
 * line's text, and returns at most one event. Facts: codex.md §5 and §6, recordings `rollout-*.jsonl`
 * and `old-*-rollout-*.jsonl`.
 */
import type { RolloutEvent, ThreadEvent, TurnItemEvent } from "../wire.ts";
import { type Json, number, record, text } from "./json.ts";
import { legacyMessage, readItem, readLegacyItem } from "./rollout_item.ts";
import { legacyIncrease, type LegacyTotal, readLimits, readUsage } from "./rollout_usage.ts";

/** What reading one file must remember between lines; JSON, committed with the cursor. */
export interface RolloutMemory extends LegacyTotal {
  thread_id: string | null;
  format: "paginated" | "legacy" | null;
  /** Paginated sub-agent files begin with a copy of the parent: lines below are not their own. */
  own_from_ordinal: number;
  turn_id: string | null;
  /** Whether the file states tokens for each response; else they are increases of its totals. */
  has_records: boolean;
  /**
   * Codex can rewrite a legacy file as a paginated one (`codex migrate-rollouts`; REC migrated-*): its
   * lines keep their times, and up to this one they were told from the old file. Null otherwise.
   */
  told_ts: number | null;
}

/** The memory of a file that nothing was read of. */
export function newRolloutMemory(
  { told_ts = null }: { told_ts?: number | null } = {},
): RolloutMemory {
  return {
    thread_id: null,
    format: null,
    own_from_ordinal: 0,
    turn_id: null,
    counted: null,
    copied: false,
    has_records: false,
    told_ts,
  };
}

/** Where a line stands: the file's path. */
export interface RolloutPlace {
  rollout: string;
}

/**
 * Reads one line and moves `memory` on. Returns undefined for a line that says nothing to us: an
 * unknown type, a copy of the parent's history, a response item that an event repeats. Throws
 * `SyntaxError` when the line is not a JSON object.
 */
export function readRolloutLine(
  memory: RolloutMemory,
  line: string,
  place: RolloutPlace,
): RolloutEvent | undefined {
  const event = readLine(memory, line, place);
  const was_told = event && event.type !== "thread" && event.ts <= (memory.told_ts ?? -Infinity);
  return was_told ? undefined : event;
}

function readLine(
  memory: RolloutMemory,
  line: string,
  place: RolloutPlace,
): RolloutEvent | undefined {
  const parsed = record(JSON.parse(line));
  if (!parsed) throw new SyntaxError("Cannot read a rollout line: it is no JSON object");
  const payload = record(parsed["payload"]);
  const ts = Date.parse(text(parsed["timestamp"]) ?? "");
  if (!payload || !Number.isFinite(ts)) return undefined;
  if (parsed["type"] === "session_meta") return readMeta(memory, { payload, ts, place });
  const ordinal = number(parsed["ordinal"]);
  if (ordinal !== null && ordinal < memory.own_from_ordinal) return undefined;
  const thread_id = memory.thread_id;
  if (thread_id === null) return undefined;
  const at: At = { ts, thread_id, payload, place };
  switch (parsed["type"]) {
    case "turn_context":
      return readContext(memory, at);
    case "token_usage_record":
      memory.has_records = true;
      return readUsageRecord(at);
    case "compacted":
      return readCompacted(at);
    case "event_msg":
      return readEvent(memory, at);
    case "response_item":
      return memory.format === "legacy"
        ? readLegacyItem(itemPlace(memory, at), payload)
        : undefined;
    default:
      return undefined;
  }
}

interface At {
  ts: number;
  thread_id: string;
  payload: Json;
  place: RolloutPlace;
}

function readMeta(
  memory: RolloutMemory,
  { payload, ts, place }: { payload: Json; ts: number; place: RolloutPlace },
): ThreadEvent | undefined {
  const thread_id = text(payload["id"]);
  if (!thread_id || memory.thread_id !== null) return undefined;
  const spawn = record(record(record(payload["source"])?.["subagent"])?.["thread_spawn"]);
  const parent = text(payload["parent_thread_id"]) ?? text(spawn?.["parent_thread_id"]);
  const fork = text(payload["forked_from_id"]);
  memory.thread_id = thread_id;
  memory.format = payload["history_mode"] === "paginated" ? "paginated" : "legacy";
  memory.own_from_ordinal = number(payload["subagent_history_start_ordinal"]) ?? 0;
  memory.copied = parent !== null || fork !== null;
  if (memory.format === "legacy") memory.told_ts = null;
  return {
    type: "thread",
    ts,
    thread_id,
    root_thread_id: text(payload["session_id"]) ?? thread_id,
    parent_thread_id: parent,
    forked_from_id: fork,
    agent_nickname: text(payload["agent_nickname"]) ?? text(spawn?.["agent_nickname"]),
    agent_path: text(payload["agent_path"]) ?? text(spawn?.["agent_path"]),
    cwd: text(payload["cwd"]),
    originator: text(payload["originator"]),
    cli_version: text(payload["cli_version"]),
    git_branch: text(record(payload["git"])?.["branch"]),
    format: memory.format,
    rollout: place.rollout,
  };
}

function readContext(memory: RolloutMemory, { ts, thread_id, payload }: At): RolloutEvent {
  const settings = record(record(payload["collaboration_mode"])?.["settings"]);
  return {
    type: "turn_context",
    ts,
    thread_id,
    turn_id: text(payload["turn_id"]) ?? memory.turn_id,
    model: text(payload["model"]),
    effort: text(payload["effort"]) ?? text(settings?.["reasoning_effort"]),
    approval_policy: text(payload["approval_policy"]),
    sandbox: text(record(payload["sandbox_policy"])?.["type"]) ?? text(payload["sandbox_policy"]),
    cwd: text(payload["cwd"]),
  };
}

function readUsageRecord({ ts, thread_id, payload }: At): RolloutEvent | undefined {
  const usage = readUsage(payload["usage"]);
  const response_id = text(payload["response_id"]);
  if (!usage || !response_id) return undefined;
  // A parent's records can be copied into a child's file: each names its own thread.
  if ((text(payload["thread_id"]) ?? thread_id) !== thread_id) return undefined;
  const turn_id = text(payload["turn_id"]);
  return { type: "usage", ts, thread_id, turn_id, response_id, ...usage, limits: null };
}

function readCompacted({ ts, thread_id, payload }: At): RolloutEvent {
  const response_id = text(payload["compaction_response_id"]);
  return { type: "compacted", ts, thread_id, response_id };
}

function readEvent(memory: RolloutMemory, at: At): RolloutEvent | undefined {
  const { ts, thread_id, payload } = at;
  switch (payload["type"]) {
    case "task_started": {
      const turn_id = text(payload["turn_id"]);
      if (!turn_id) return undefined;
      memory.turn_id = turn_id;
      return {
        type: "turn_started",
        ts,
        thread_id,
        turn_id,
        root_turn_id: text(payload["root_turn_id"]) ?? turn_id,
        trigger: text(record(payload["turn_attribution"])?.["turn_trigger"]),
        context_window: number(payload["model_context_window"]),
      };
    }
    case "task_complete":
      return readTurnEnd(memory, at, record(payload["error"]) ? "error" : "done");
    case "turn_aborted":
      return readTurnEnd(memory, at, "interrupted");
    case "token_count":
      return readTokenCount(memory, at);
    case "item_completed":
      return readItem({ ts, thread_id, turn_id: null }, payload);
    case "user_message":
      return readLegacyMessage(memory, at, "user");
    case "agent_message":
      return readLegacyMessage(memory, at, "assistant");
    case "agent_reasoning":
      return readLegacyMessage(memory, at, "reasoning");
    default:
      return undefined;
  }
}

function readTurnEnd(
  memory: RolloutMemory,
  { ts, thread_id, payload }: At,
  outcome: "done" | "error" | "interrupted",
): RolloutEvent | undefined {
  const turn_id = text(payload["turn_id"]) ?? memory.turn_id;
  if (!turn_id) return undefined;
  if (memory.turn_id === turn_id) memory.turn_id = null;
  const error = record(payload["error"]);
  return {
    type: "turn_ended",
    ts,
    thread_id,
    turn_id,
    outcome,
    error_message: text(error?.["message"]),
    error_code: errorCode(error?.["codex_error_info"]),
    last_message: text(payload["last_agent_message"]),
    duration_ms: number(payload["duration_ms"]),
  };
}

/** `"usage_limit_exceeded"`, or `{"http_connection_failed": {"http_status_code": 401}}` with its code. */
function errorCode(info: unknown): string | null {
  if (typeof info === "string") return info;
  const [entry] = Object.entries(record(info) ?? {});
  if (!entry) return null;
  const status = number(record(entry[1])?.["http_status_code"]);
  return status === null ? entry[0] : `${entry[0]} ${status}`;
}

function readTokenCount(memory: RolloutMemory, at: At): RolloutEvent | undefined {
  const info = record(at.payload["info"]);
  if (!memory.has_records && info) {
    const usage = legacyIncrease(memory, info);
    if (usage) {
      const { ts, thread_id } = at;
      // The same in the file that Codex makes of this one, where the line stands elsewhere.
      const response_id = `${thread_id}@${ts}:${memory.counted?.total_tokens}`;
      return {
        type: "usage",
        ts,
        thread_id,
        turn_id: memory.turn_id,
        response_id,
        ...usage,
        limits: readLimits(at.payload, info),
      };
    }
  }
  return { type: "limits", ts: at.ts, thread_id: at.thread_id, ...readLimits(at.payload, info) };
}

function readLegacyMessage(
  memory: RolloutMemory,
  at: At,
  item: "user" | "assistant" | "reasoning",
): TurnItemEvent | undefined {
  if (memory.format !== "legacy") return undefined;
  const message = text(at.payload[item === "reasoning" ? "text" : "message"]);
  return legacyMessage(itemPlace(memory, at), item, message);
}

function itemPlace({ turn_id }: RolloutMemory, { ts, thread_id }: At) {
  return { ts, thread_id, turn_id };
}
