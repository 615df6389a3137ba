/**
 * What Codex's daemon says over its socket (SCHEMA: ServerNotification, ServerRequest, ThreadStatus of
 * 0.169; REC app-server-passive.jsonl). Pure; what is unknown reads as absent, never as an error.
 */
import type { ThreadStatus } from "../wire.ts";
import { type Json, list, number, record, text } from "./json.ts";

export type DaemonMessage =
  | { kind: "reply"; id: number | string; result: unknown; error: string | null }
  | { kind: "request"; id: number | string; method: string; params: Json }
  | { kind: "notification"; method: string; params: Json; ts: number | null };

/** One frame; undefined for what is no message. */
export function parseDaemonMessage(frame: string): DaemonMessage | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(frame);
  } catch {
    return undefined;
  }
  const message = record(parsed);
  if (!message) return undefined;
  const method = text(message["method"]);
  const id = text(message["id"]) ?? number(message["id"]);
  const params = record(message["params"]) ?? {};
  if (method !== null && id !== null) return { kind: "request", id, method, params };
  if (method !== null) {
    return { kind: "notification", method, params, ts: number(message["emittedAtMs"]) };
  }
  if (id === null) return undefined;
  const failure = record(message["error"]);
  const error = failure ? text(failure["message"]) ?? "no reason given" : null;
  return { kind: "reply", id, result: message["result"], error };
}

/** What a thread's `status` says; null where it says nothing that we know. */
export function threadStatus(status: unknown): ThreadStatus | null {
  const stated = record(status);
  switch (stated?.["type"]) {
    case "idle":
      return "idle";
    case "active": {
      const flags = list(stated["activeFlags"]);
      if (flags.includes("waitingOnApproval")) return "approval";
      return flags.includes("waitingOnUserInput") ? "input" : "working";
    }
    // What failed stands in the session file, with its message.
    default:
      return null;
  }
}

/** Of a `thread` object: whether it is one that Codex keeps to itself, as that which makes titles. */
export function isHiddenThread(thread: Json): boolean {
  return thread["ephemeral"] === true || thread["threadSource"] === "thread_title";
}
