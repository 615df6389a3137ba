/**
 * Whose prompt it is that a session file shows with an id of codexctl's own. Nobody told that id: the
 * job is the one that this prompt was handed over for. Of several, as after `send all`, it is the one of
 * the thread's agent, and until the pane, the screen or codexctl's output tells that, the prompt is
 * held. Pure, like all of the fold.
 */
import type { ThreadRow, TurnRow } from "../wire.ts";
import type { JobState, Tower } from "./state.ts";
import { serve } from "./thread_jobs.ts";

/** A prompt that waits for its turn behind others is typed at once; codexctl types panes in a row. */
const LONGEST_MS = 10 * 60_000;
/** Lines of two programs on one machine, of which one rounds. */
const ROUNDING_MS = 1_000;

/** The job that a prompt was sent for, now known by its marker; "held" while several fit. */
export function sentJob(
  tower: Tower,
  { thread, turn, ...prompt }: {
    thread: ThreadRow;
    turn: TurnRow;
    marker: string;
    ts: number;
    text: string;
  },
): JobState | "held" | undefined {
  const time = { from_ts: prompt.ts - LONGEST_MS, to_ts: prompt.ts + ROUNDING_MS };
  const same = tower.unmarkedJobs(time).filter((job) =>
    isPrompt(job, prompt.text) && (thread.agent === null || job.agent === thread.agent)
  );
  const [job] = same;
  if (!job) return undefined;
  // The same prompt again and again to one agent comes in order.
  const agents = new Set(same.map(({ agent }) => agent));
  if (agents.size === 1) {
    job.marker = prompt.marker;
    return job;
  }
  const { thread_id } = thread;
  tower.addHeldPrompt({ ...prompt, thread_id, turn_id: turn.turn_id });
  return "held";
}

/** The job's marker became known: a prompt with it may have been read before. */
export function serveHeld(tower: Tower, job: JobState): void {
  const held = job.marker ? tower.heldPrompt(job.marker) : undefined;
  const thread = held && tower.thread(held.thread_id);
  const turn = held && tower.turn(held.turn_id);
  if (thread && turn) serve(tower, { thread, turn, job });
}

/** The thread's agent became known: with it, the jobs of its turn's prompts. */
export function serveTurn(tower: Tower, thread: ThreadRow, turn: TurnRow): void {
  for (const held of tower.heldPrompts(turn.turn_id)) {
    if (tower.jobByMarker(held.marker)) continue;
    const job = sentJob(tower, { ...held, thread, turn });
    if (job && job !== "held") serve(tower, { thread, turn, job });
  }
}

/** Spaces and line ends aside: codexctl types them as it likes. */
function isPrompt({ prompt_text }: JobState, text: string): boolean {
  return prompt_text !== null && squeeze(prompt_text) === squeeze(text);
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, "");
}
