/** What a fresh client needs from the database, as of one `seq`. */
import type { Snapshot } from "../wire.ts";
import { listAgents } from "./agents.ts";
import type { Store } from "./db.ts";
import { lastSeq, listControllerOutput } from "./events.ts";
import { listJobs, listOpenJobs } from "./jobs.ts";

/** Rows that a page shows without asking for more. */
const JOBS = 50;
/** A page counts open jobs, so it gets them all; more than this were left open by a defect. */
const OPEN_JOBS = 500;
const CONTROLLER_LINES = 200;

/** Read in one tick: no commit comes between its parts. Jobs are the newest and every open one. */
export function readSnapshot(
  store: Store,
): Pick<Snapshot, "seq" | "agents" | "jobs" | "controller"> {
  const jobs = [...listJobs(store, { limit: JOBS }), ...listOpenJobs(store, { limit: OPEN_JOBS })];
  return {
    seq: lastSeq(store),
    agents: listAgents(store),
    jobs: [...new Map(jobs.map((job) => [job.job_id, job])).values()],
    controller: listControllerOutput(store, { limit: CONTROLLER_LINES }),
  };
}
