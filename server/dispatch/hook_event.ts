/** The line of the event file that says what one of Codex's hooks, or its `notify`, told. */
import { type Json, record, text } from "../codex/json.ts";
import type { BadLineEvent, HookEvent } from "../wire.ts";

/** A name or an id; longer is neither. */
const MAX_NAME = 200;
/** What fits beside a status. The session file has the whole of it. */
const MAX_DETAIL = 500;

/** Where a payload came from, and when. */
export interface HookCall {
  ts: number;
  /** The pane that it ran in, when that is certain. */
  pane_id: string | null;
}

/**
 * The event of a payload (codex.md §8 and §9; REC hooks-nodaemon, notify); `bad_line` when it cannot
 * be used: counted and shown like any other line. Never throws.
 */
export function hookEvent(payload: string, call: HookCall): HookEvent | BadLineEvent {
  let parsed: Json | undefined;
  try {
    parsed = record(JSON.parse(payload));
  } catch {
    return badPayload("not_json", payload.length, call.ts);
  }
  if (!parsed) return badPayload("not_an_object", payload.length, call.ts);
  const is_notify = parsed["type"] === "agent-turn-complete";
  const hook = is_notify ? "notify" : text(parsed["hook_event_name"]);
  const thread_id = text(parsed[is_notify ? "thread-id" : "session_id"]);
  if (!hook || !thread_id) return badPayload("wrong_type", payload.length, call.ts);
  return {
    type: "hook",
    ...call,
    hook: name(hook)!,
    thread_id: name(thread_id)!,
    turn_id: name(text(parsed[is_notify ? "turn-id" : "turn_id"])),
    sub_agent_id: name(text(parsed["agent_id"])),
    tool: name(text(parsed["tool_name"])),
    status: name(text(parsed["status"])),
    detail: detailOf(parsed),
    model: name(text(parsed["model"])),
  };
}

/** A payload that cannot be used, `bytes` long. */
export function badPayload(reason: string, bytes: number, ts: number): BadLineEvent {
  const place = { file: "codexdash hook", file_key: "hook", offset: 0 };
  return { type: "bad_line", ts, source: "hook", ...place, bytes, reason };
}

/** What a person would want to read beside the status: of an approval, what is asked for. */
function detailOf(payload: Json): string | null {
  const input = record(payload["tool_input"]);
  const detail = text(payload["error"]) ?? text(record(payload["error"])?.["message"]) ??
    text(input?.["command"]) ?? text(input?.["description"]) ?? text(payload["reason"]) ??
    text(payload["trigger"]);
  return shorten(detail, MAX_DETAIL);
}

function name(value: string | null): string | null {
  return shorten(value, MAX_NAME);
}

/** Well-formed also where the cut, or the payload itself, halves a surrogate pair. */
function shorten(value: string | null, length: number): string | null {
  if (value === null) return null;
  return (value.length > length ? `${value.slice(0, length - 1)}…` : value).toWellFormed();
}
