/** A turn's head and end in a transcript, and its facts beside one. */
import type { TurnRow } from "../server/wire.ts";
import { formatCount, formatDuration } from "./format.ts";
import { StatusIcon } from "./icons.tsx";
import { jobPath } from "./links.ts";
import { modelWords, policyWords, shortId } from "./thread_words.ts";
import { DateTime } from "./times.tsx";
import { TurnBadge } from "./turn_status.tsx";

export function TurnHead({ turn }: { turn: TurnRow }) {
  const words = [
    turn.trigger && turn.trigger !== "user" && `started by ${turn.trigger}`,
    modelWords(turn),
    policyWords(turn),
    turn.duration_ms !== null && formatDuration(turn.duration_ms),
    turn.total_tokens > 0 && `${formatCount(turn.total_tokens)} tokens`,
    ...tokenParts(turn),
  ].filter(Boolean);
  return (
    <header class="turn-head">
      <h3>
        Turn of <DateTime ts={turn.started_ts} />
      </h3>
      <TurnBadge status={turn.status} />
      {words.map((word, index) => <span key={index}>{word}</span>)}
      <TurnJobs job_ids={turn.job_ids} />
    </header>
  );
}

/** What of a turn's tokens compaction took, and what sub-agents used beside them; where they did. */
export function tokenParts({ compaction_tokens, sub_agent_tokens }: TurnRow): string[] {
  return [
    compaction_tokens > 0 ? `${formatCount(compaction_tokens)} of them compaction` : "",
    sub_agent_tokens > 0 ? `${formatCount(sub_agent_tokens)} more by sub-agents` : "",
  ].filter((part) => part !== "");
}

function TurnJobs({ job_ids }: { job_ids: readonly string[] }) {
  if (job_ids.length === 0) return null;
  return (
    <span>
      {job_ids.length === 1 ? "job " : "shared by jobs "}
      {job_ids.map((id, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <a href={jobPath(id)} title={id}>{shortId(id)}</a>
        </span>
      ))}
    </span>
  );
}

/** How it ended, or that it goes on. */
export function TurnEnd({ turn, has_head }: { turn: TurnRow; has_head: boolean }) {
  switch (turn.status) {
    case "running":
      return (
        <p class="turn-end s-running">
          <span class="status">
            <StatusIcon status="running" />
            Working
          </span>
        </p>
      );
    case "error":
      return (
        <p class="turn-end turn-error s-error" dir="auto">
          <span class="status">
            <StatusIcon status="error" />
            Error
          </span>
          <span>
            {turn.error_message ?? "Codex gave no reason"}
            {turn.error_code && <code class="error-code">{turn.error_code}</code>}
          </span>
        </p>
      );
    case "interrupted":
      return <p class="turn-end hint">Interrupted{after(turn)}</p>;
    case "lost":
      return <p class="turn-end hint">Codex ended without finishing this turn</p>;
    case "done":
      return has_head ? null : <p class="turn-end hint">Turn done{after(turn)}</p>;
    default:
      return turn.status satisfies never;
  }
}

function after({ duration_ms }: TurnRow): string {
  return duration_ms === null ? "" : ` after ${formatDuration(duration_ms)}`;
}
