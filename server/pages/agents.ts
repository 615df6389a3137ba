/** The agents page's state: every agent with its screen, the doctor's word and its newest output. */
import { KEPT_TRANSCRIPT_LINES } from "../../islands/state.ts";
import type { PageState } from "../../islands/page_state.ts";
import { findJob } from "../store/jobs.ts";
import { jobLine } from "./jobs.ts";
import { newestLines } from "./output.ts";
import { basicState, type PageDeps } from "./page.tsx";

export async function agentsState(deps: PageDeps): Promise<PageState> {
  const doctor = await deps.doctor();
  const state = basicState(deps, "agents");
  const jobs = state.snapshot.agents.flatMap(({ job_id }) =>
    job_id ? findJob(deps.store, job_id) ?? [] : []
  );
  const transcripts = jobs.map((job): PageState["transcripts"][number] => [
    job.agent ?? "",
    newestLines(deps.store, job, KEPT_TRANSCRIPT_LINES).lines,
  ]);
  return {
    ...state,
    snapshot: { ...state.snapshot, jobs: jobs.map(jobLine), screens: deps.hub.screens() },
    transcripts,
    doctor,
  };
}
