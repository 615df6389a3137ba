/** One job's state: its row, its newest output, its thread and turns. Undefined for an unknown id. */
import { KEPT_JOB_LINES } from "../../islands/state.ts";
import type { PageState } from "../../islands/page_state.ts";
import { readJobWork } from "../store/codex_work.ts";
import { findJob } from "../store/jobs.ts";
import { sumJobModels } from "../store/usage_models.ts";
import { basicState, type PageDeps } from "./page.tsx";
import { newestLines } from "./output.ts";

export function jobState(deps: PageDeps, id: string): PageState | undefined {
  const job = findJob(deps.store, id);
  if (!job) return undefined;
  const { lines, cut } = newestLines(deps.store, job, KEPT_JOB_LINES);
  const costOf = deps.prices.pricer();
  const cost = costOf?.(sumJobModels(deps.store, job)) ?? null;
  return {
    ...basicState(deps, "job"),
    job_detail: { job, lines, cut, cost, has_prices: costOf !== undefined },
    job_work: readJobWork(deps.store, job),
  };
}
