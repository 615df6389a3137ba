/** The jobs page's state, narrowed by `?status=`, `?agent=` and `?limit=`. */
import { JOBS_LIMIT, JOBS_LIMIT_MAX } from "../../islands/links.ts";
import type { PageState } from "../../islands/page_state.ts";
import { listJobs } from "../store/jobs.ts";
import { JOB_STATUSES, type JobRow } from "../wire.ts";
import { basicState, type PageDeps } from "./page.tsx";

/** A hundred prompts of 10,000 characters would make a list of one megabyte that shows a line each. */
const PROMPT_START = 400;

/** Filters that name nothing known are as good as none: an old bookmark still shows jobs. */
export function jobsState(deps: PageDeps, search: URLSearchParams): PageState {
  const status = JOB_STATUSES.find((each) => each === search.get("status")) ?? null;
  const agent = search.get("agent") || null;
  const limit = Math.trunc(Number(search.get("limit"))) || JOBS_LIMIT;
  const query = { status, agent, limit: Math.max(1, Math.min(limit, JOBS_LIMIT_MAX)) };
  const jobs = listJobs(deps.store, {
    limit: query.limit,
    status: status ?? undefined,
    agent: agent ?? undefined,
  });
  const state = basicState(deps, "jobs");
  return {
    ...state,
    snapshot: { ...state.snapshot, jobs: jobs.map(jobLine) },
    jobs_query: query,
  };
}

/** A job as lists show it, with the start of its prompt only. */
export function jobLine(job: JobRow): JobRow {
  return { ...job, prompt_text: job.prompt_text?.slice(0, PROMPT_START) ?? null };
}
