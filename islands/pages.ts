/**
 * Every page's component by its name. The tower and what is as small as it come with the page; the
 * others are fetched by the pages that they are.
 */
import type { ComponentChild } from "preact";
import { Agents } from "./agents.tsx";
import { Doctor } from "./doctor.tsx";
import { Jobs } from "./jobs.tsx";
import type { PageName } from "./page_state.ts";
import { ProblemPage } from "./problem.tsx";
import { Tower } from "./tower.tsx";

export type Page = () => ComponentChild;

/** Rejects when its code cannot be fetched. */
export async function loadPage(name: PageName): Promise<Page> {
  switch (name) {
    case "tower":
      return Tower;
    case "jobs":
      return Jobs;
    case "job":
      return (await import("./job.tsx")).Job;
    case "agents":
      return Agents;
    case "threads":
      return (await import("./threads.tsx")).Threads;
    case "thread":
      return (await import("./thread.tsx")).Thread;
    case "doctor":
      return Doctor;
    case "problem":
      return ProblemPage;
    default:
      return name satisfies never;
  }
}
