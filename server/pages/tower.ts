/** The tower's state: agents with their screens, open and newest jobs, the controller's output. */
import { outputLine, type PageState } from "../../islands/page_state.ts";
import { countJobs } from "../store/jobs.ts";
import { readSnapshot } from "../store/snapshot.ts";
import { jobLine } from "./jobs.ts";
import { basicState, type PageDeps } from "./page.tsx";

export function towerState(deps: PageDeps): PageState {
  const state = basicState(deps, "tower");
  const { jobs, controller, ...rows } = readSnapshot(deps.store);
  const since_ts = new Date().setHours(0, 0, 0, 0);
  return {
    ...state,
    snapshot: {
      ...state.snapshot,
      ...rows,
      jobs: jobs.map(jobLine),
      controller: controller.flatMap((event) => outputLine(event) ?? []),
      screens: deps.hub.screens(),
    },
    done_today: { since_ts, count: countJobs(deps.store, since_ts).done ?? 0 },
  };
}
