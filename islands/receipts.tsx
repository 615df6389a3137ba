/** How far a job's delivery got, each step with its time. A step that nobody proved says so. */
import type { JobRow, Receipt } from "../server/wire.ts";
import { RECEIPTS } from "../server/wire.ts";
import { formatDelay } from "./format.ts";
import { StatusIcon } from "./icons.tsx";
import { isOpen } from "./state.ts";
import { JOB_WORDS } from "./status.tsx";
import { Clock } from "./times.tsx";

const WORDS: Record<Receipt, string> = {
  queued: "Queued",
  typed: "Typed",
  submitted: "Submitted",
  turn_started: "Turn started",
};

export function Receipts({ job }: { job: JobRow }) {
  const reached = RECEIPTS.indexOf(job.receipt);
  const times: Record<Receipt, number | null> = {
    queued: job.started_ts,
    typed: job.typed_ts,
    submitted: job.submitted_ts,
    turn_started: job.turn_started_ts,
  };
  return (
    <ol class="receipts">
      {RECEIPTS.map((receipt, index) => (
        <Step
          key={receipt}
          word={WORDS[receipt]}
          ts={times[receipt]}
          from_ts={index === 0 ? null : job.started_ts}
          is_reached={index <= reached}
        />
      ))}
      {!isOpen(job) && (
        <Step
          word={JOB_WORDS[job.status]}
          ts={job.finished_ts}
          from_ts={job.started_ts}
          is_reached
        />
      )}
    </ol>
  );
}

function Step(
  { word, ts, from_ts, is_reached }: {
    word: string;
    ts: number | null;
    from_ts: number | null;
    is_reached: boolean;
  },
) {
  return (
    <li class={is_reached ? "reached" : "ahead"}>
      <StatusIcon status={is_reached ? "done" : "missing"} />
      <span>{word}</span>
      {ts !== null
        ? (
          <span class="step-time">
            {from_ts !== null && ts >= from_ts && (
              <span class="after">+{formatDelay(ts - from_ts)}</span>
            )}
            <Clock ts={ts} />
          </span>
        )
        : <span class="step-time">{is_reached ? "time not seen" : "not yet"}</span>}
    </li>
  );
}
