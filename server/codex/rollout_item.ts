/** One item of a turn's transcript, from both formats of session files (codex.md §5). */
import type { ItemKind, TurnItemEvent } from "../wire.ts";
import { type Json, list, number, record, text } from "./json.ts";
import { findMarkers } from "./markers.ts";

/** What an item's line says of it beside its payload. */
export interface ItemPlace {
  ts: number;
  thread_id: string;
  turn_id: string | null;
}

const NO_ITEM: Omit<TurnItemEvent, "ts" | "thread_id" | "turn_id" | "item_id" | "item"> = {
  type: "turn_item",
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
};

/** `item_completed` of a paginated file. */
export function readItem(
  { ts, thread_id }: ItemPlace,
  payload: Json,
): TurnItemEvent | undefined {
  const item = record(payload["item"]);
  if (!item) return undefined;
  const head = {
    ...NO_ITEM,
    ts,
    thread_id,
    turn_id: text(payload["turn_id"]),
    item_id: text(item["id"]),
    status: text(item["status"]),
  };
  switch (item["type"]) {
    case "UserMessage": {
      const message = contentText(item["content"]);
      return { ...head, item: "user", text: message, markers: findMarkers(message) };
    }
    case "AgentMessage":
      return { ...head, item: "assistant", text: contentText(item["content"]) };
    case "Reasoning":
      return {
        ...head,
        item: "reasoning",
        text: list(item["summary_text"]).filter((part) => typeof part === "string").join("\n\n"),
      };
    case "CommandExecution":
      return {
        ...head,
        item: "command",
        command: commandText(item),
        cwd: text(item["cwd"])?.replace(/^file:\/\//, "") ?? null,
        output: text(item["aggregated_output"]),
        exit_code: number(item["exit_code"]),
        duration_ms: durationMs(item["duration"]),
      };
    case "FileChange":
      return { ...head, item: "file_change", changes: readChanges(item["changes"]) };
    case "Plan":
      return { ...head, item: "plan", text: text(item["text"]) ?? contentText(item["content"]) };
    case "ContextCompaction":
      return { ...head, item: "compaction" };
    case "SubAgentActivity":
      return {
        ...head,
        item: "sub_agent",
        text: text(item["agent_path"]),
        status: text(item["kind"]),
        child_thread_id: text(item["agent_thread_id"]),
      };
    case "CollabAgentToolCall":
      return { ...head, item: "tool_call", text: text(item["tool"]) };
    default:
      return { ...head, item: "other", text: text(item["type"]) };
  }
}

/** `[{type: "text", text}]`, with a capital T in AgentMessage (REC rollout-exec). */
function contentText(content: unknown): string {
  return list(content).map((part) => text(record(part)?.["text"]) ?? "").join("");
}

/** What the model asked for: the shell's own `-c` argument where there is one. */
function commandText(item: Json): string | null {
  const argv = list(item["command"]).filter((arg) => typeof arg === "string");
  const script = argv.findIndex((arg) => /^-l?c$/.test(arg));
  return script > 0 && argv[script + 1] !== undefined ? argv[script + 1]! : argv.join(" ") || null;
}

function durationMs(value: unknown): number | null {
  const duration = record(value);
  const secs = number(duration?.["secs"]);
  return secs === null ? null : secs * 1000 + Math.round((number(duration?.["nanos"]) ?? 0) / 1e6);
}

function readChanges(value: unknown): { path: string; kind: string; diff: string | null }[] {
  return Object.entries(record(value) ?? {}).map(([path, change]) => ({
    path,
    kind: text(record(change)?.["type"]) ?? "update",
    diff: text(record(change)?.["unified_diff"]) ?? text(record(change)?.["content"]),
  }));
}

/** A message event of a legacy file; undefined for one without text. */
export function legacyMessage(
  place: ItemPlace,
  item: ItemKind,
  message: string | null,
): TurnItemEvent | undefined {
  if (message === null) return undefined;
  const markers = item === "user" ? findMarkers(message) : [];
  return { ...NO_ITEM, ...place, item_id: null, item, text: message, markers };
}

/** Legacy files keep no command events: the tool call and its output are all there is. */
export function readLegacyItem(place: ItemPlace, payload: Json): TurnItemEvent | undefined {
  const head = { ...NO_ITEM, ...place };
  const item_id = text(payload["call_id"]);
  switch (payload["type"]) {
    case "function_call":
      return {
        ...head,
        item_id,
        item: "tool_call",
        text: text(payload["name"]),
        command: legacyCommand(text(payload["arguments"])),
      };
    case "function_call_output":
      return { ...head, item_id, item: "command", ...legacyOutput(payload["output"]) };
    default:
      return undefined;
  }
}

function legacyCommand(args: string | null): string | null {
  try {
    const parsed = record(JSON.parse(args ?? "null"));
    const command = parsed?.["cmd"] ?? parsed?.["command"];
    return Array.isArray(command) ? command.join(" ") : text(command);
  } catch {
    return args;
  }
}

/** `Process exited with code 0` stands in the output's head (REC old-0.101.0-rollout-exec). */
function legacyOutput(value: unknown): { output: string | null; exit_code: number | null } {
  const output = text(value) ?? text(record(value)?.["content"]);
  const code = /^Process exited with code (\d{1,3})$/m.exec(output?.slice(0, 500) ?? "")?.[1];
  return { output, exit_code: code === undefined ? null : Number(code) };
}
