/** The whole page: header, notices, the page by its name, the keys. Rendered by the server first. */
import type { ComponentChild } from "preact";
import { Agents } from "./agents.tsx";
import { Doctor } from "./doctor.tsx";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { Job } from "./job.tsx";
import { Jobs } from "./jobs.tsx";
import { Notices } from "./notices.tsx";
import type { PageName } from "./page_state.ts";
import { ProblemPage } from "./problem.tsx";
import { page_name } from "./state.ts";
import { Tower } from "./tower.tsx";

const PAGES: Record<PageName, () => ComponentChild> = {
  tower: Tower,
  jobs: Jobs,
  job: Job,
  agents: Agents,
  doctor: Doctor,
  problem: ProblemPage,
};

export function App() {
  const Page = PAGES[page_name.value];
  return (
    <>
      <Header />
      <Notices />
      <main id="main" tabIndex={-1}>
        <Page />
      </main>
      <Help />
    </>
  );
}
