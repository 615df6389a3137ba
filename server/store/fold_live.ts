/**
 * What Codex's daemon says of its threads: the best tier for the agent that runs the thread now, and
 * the only one that knows what waits in a thread without a pane. Pure, like all of the fold.
 */
import type { ThreadStatusEvent } from "../wire.ts";
import { settleStatus } from "./claims.ts";
import { setJob } from "./job_rules.ts";
import type { JobState, Tower } from "./state.ts";
import { claimLive, presentAgent } from "./thread_rules.ts";
import { jobsOf } from "./turn_rules.ts";

/** Applies one status of a thread and returns the job that its turn serves, or null. */
export function foldThreadStatus(tower: Tower, event: ThreadStatusEvent): string | null {
  const thread = tower.thread(event.thread_id);
  if (!thread) return null;
  thread.live_status = event.status;
  thread.live_ts = event.status === null ? null : event.ts;
  const agent = presentAgent(tower, thread);
  if (agent && agent.status !== "missing") {
    claimLive(agent, thread);
    settleStatus(agent);
  }
  const turn = thread.turn_id ? tower.turn(thread.turn_id) : undefined;
  const jobs = turn ? jobsOf(tower, turn) : [];
  for (const job of jobs) holdJob(job, event);
  return jobs[0]?.job_id ?? null;
}

/** A turn that waits for a person holds its jobs; how they end stands in the session file. */
function holdJob(job: JobState, { status, ts }: ThreadStatusEvent): void {
  const said = { ts, source: "socket" as const, detail: null };
  if ((status === "approval" || status === "input") && job.status === "running") {
    setJob(job, "blocked", said);
  } else if (status === "working" && job.status === "blocked") setJob(job, "running", said);
}
