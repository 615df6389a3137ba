/** What threads and turns are called on pages. */
import type { ThreadListRow, ThreadRow, TurnRow, TurnStatus } from "../server/wire.ts";

/** Enough for any line on any screen. */
const LINE = 300;

/** The part of a thread's id that tells it from others: ids of one hour begin alike. */
export function shortId(thread_id: string): string {
  return thread_id.length > 12 ? `…${thread_id.slice(-8)}` : thread_id;
}

/** A sub-agent's own name, else a thread's first prompt as one line, else its id. */
export function threadName(thread: ThreadRow): string {
  const name = thread.agent_nickname ?? thread.agent_path;
  if (thread.parent_thread_id !== null && name !== null) return name;
  return promptLine(thread.preview) || name || `Thread ${shortId(thread.thread_id)}`;
}

/** What a thread was forked from, by that one's first prompt where it is known. */
export function forkName(
  { forked_from_id, forked_from_preview }: Pick<
    ThreadListRow,
    "forked_from_id" | "forked_from_preview"
  >,
): string | null {
  if (forked_from_id === null) return null;
  return `Fork of ${promptLine(forked_from_preview) || `thread ${shortId(forked_from_id)}`}`;
}

/** A prompt as one line without its job markers. */
function promptLine(prompt: string | null): string {
  return prompt?.slice(0, LINE).replace(/\[JOB:[^\]]*\]/g, "").replace(/\s+/g, " ").trim() ?? "";
}

/** Whose thread it is; what is not known is said, never guessed. */
export function threadAgent({ agent }: ThreadRow): string {
  return agent ?? "not mapped to a pane";
}

export const TURN_WORDS: Record<TurnStatus, string> = {
  running: "Running",
  done: "Done",
  error: "Error",
  interrupted: "Interrupted",
  lost: "Lost",
};

/** `gpt-6.1-sol, medium`. */
export function modelWords({ model, effort }: { model: string | null; effort: string | null }) {
  return [model, effort].filter((word) => word !== null).join(", ");
}

/** `workspace-write, asks on request`. */
export function policyWords({ sandbox, approval_policy }: TurnRow): string {
  return [sandbox, approval_policy && `approval ${approval_policy}`].filter(Boolean).join(", ");
}
