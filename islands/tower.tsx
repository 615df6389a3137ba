/** The tower: what waits, every agent, the composer, the controller's output, the newest jobs. */
import { AgentCard } from "./agent_card.tsx";
import { Composer } from "./composer.tsx";
import { Command, FirstRun } from "./first_run.tsx";
import { JobsTable } from "./jobs_table.tsx";
import { Limits } from "./limits.tsx";
import { NeedsMe } from "./needs_me.tsx";
import { agents, controller, jobs } from "./state.ts";
import { Summary } from "./summary.tsx";
import { Timeline } from "./timeline.tsx";

const RECENT_JOBS = 20;

export function Tower() {
  const is_fresh = agents.value.length + jobs.value.length + controller.value.length === 0;
  if (is_fresh) return <FirstRun />;
  return (
    <div class="tower">
      <Summary />
      <Limits />
      <div class="tower-main">
        <NeedsMe />
        <Agents />
        <section class="card recent" aria-labelledby="recent-title">
          <header>
            <h2 id="recent-title">Recent jobs</h2>
            <a href="/jobs">All jobs</a>
          </header>
          {jobs.value.length
            ? <JobsTable jobs={jobs.value.slice(0, RECENT_JOBS)} caption="Recent jobs" />
            : <p class="empty">Prompts you send become jobs and are listed here.</p>}
        </section>
      </div>
      <div class="tower-side">
        <Composer />
        <Timeline />
      </div>
    </div>
  );
}

function Agents() {
  return (
    <section aria-labelledby="agents-title">
      <h2 id="agents-title" class="visually-hidden">Agents</h2>
      {agents.value.length === 0
        ? (
          <div class="card empty-agents">
            <p>No agents are running. Earlier jobs are below.</p>
            <Command text="codexdash up" />
          </div>
        )
        : (
          <div class="agent-cards">
            {agents.value.map((agent) => <AgentCard key={agent.agent} agent={agent} />)}
          </div>
        )}
    </section>
  );
}
