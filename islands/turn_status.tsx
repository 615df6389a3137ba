/** How a turn stands, as a badge. */
import type { AgentStatus, JobStatus, TurnStatus } from "../server/wire.ts";
import { StatusIcon } from "./icons.tsx";
import { TURN_WORDS } from "./thread_words.ts";

const SHAPES: Record<TurnStatus, AgentStatus | JobStatus> = {
  running: "running",
  done: "done",
  error: "error",
  interrupted: "cancelled",
  lost: "missing",
};

export function TurnBadge({ status }: { status: TurnStatus }) {
  const shape = SHAPES[status] ?? "unknown";
  return (
    <span class={`status s-${shape}`}>
      <StatusIcon status={shape} />
      {TURN_WORDS[status] ?? status}
    </span>
  );
}
