/** One agent on the tower: what it does, who says so, and the end of its screen. */
import type { AgentRow, JobRow } from "../server/wire.ts";
import { composeFor } from "./composer.tsx";
import { Figures } from "./context.tsx";
import { FactLine } from "./fact_line.tsx";
import { StatusIcon } from "./icons.tsx";
import { JobTime } from "./job_time.tsx";
import { agentPath, jobPath, threadsPath } from "./links.ts";
import { promptLine } from "./prompt_text.tsx";
import { Screen } from "./screen.tsx";
import { hydrated, isOpen, jobOf, needsMe, screenOf } from "./state.ts";
import { AgentStatusBadge, conflictWords, JOB_WORDS, sourceWords } from "./status.tsx";
import { Age } from "./times.tsx";

const SCREEN_LINES = 9;

export function AgentCard({ agent }: { agent: AgentRow }) {
  const job = jobOf(agent);
  const screen = screenOf(agent.agent).value;
  return (
    <article class={`card agent-card s-${agent.status}${needsMe(agent) ? " waits" : ""}`}>
      <header>
        <h3>
          <a href={agentPath(agent.agent)} data-row>
            <bdi>{agent.agent}</bdi>
          </a>
        </h3>
        <AgentStatusBadge agent={agent} />
      </header>
      <StatusOrigin agent={agent} />
      <CurrentJob agent={agent} job={job} />
      {screen
        ? <Screen screen={screen} lines={SCREEN_LINES} />
        : <p class="screen none">{agent.pane_id ? "Screen not seen yet" : "No pane"}</p>}
      <Figures agent={agent} />
      <footer>
        <FactLine facts={facts(agent)} />
        <a
          class="button small ghost"
          href={threadsPath({ agent: agent.agent, mapped: null, before: null })}
          aria-label={`Threads of ${agent.agent}`}
        >
          Threads
        </a>
        <button
          type="button"
          class="button small ghost"
          disabled={!hydrated.value}
          aria-label={`Write a prompt for ${agent.agent}`}
          onClick={() => composeFor(agent.agent)}
        >
          Prompt
        </button>
      </footer>
    </article>
  );
}

/**
 * With what and where it runs, in the order in which a narrow card leaves them out from the end. A
 * window named like its agent, as codexctl makes them, says nothing more.
 */
function facts(row: AgentRow): string[] {
  const { agent, model, effort, sandbox, approval_policy, pane_id, window_name } = row;
  const window = window_name === agent ? null : window_name;
  const with_effort = model && effort ? `${model} ${effort}` : model;
  return [with_effort, sandbox, approval_policy, pane_id, window].filter((fact) => fact !== null);
}

/** `from the pane title, 3 s ago`, and the claim that contradicts it, if there is one. */
export function StatusOrigin({ agent }: { agent: AgentRow }) {
  return (
    <p class="origin">
      <span>
        {sourceWords(agent.status_source)}
        {agent.status_ts !== null && (
          <>
            , <Age ts={agent.status_ts} />
          </>
        )}
      </span>
      {agent.status_conflict && (
        <span class="conflict">
          <StatusIcon status="warning" />
          but {conflictWords(agent.status_conflict)}
        </span>
      )}
    </p>
  );
}

function CurrentJob({ agent, job }: { agent: AgentRow; job: JobRow | undefined }) {
  if (!job) {
    return (
      <p class="current none">
        {agent.job_id ? <a href={jobPath(agent.job_id)}>Last job</a> : "No prompt yet"}
      </p>
    );
  }
  return (
    <p class={isOpen(job) ? "current open" : "current"}>
      <a href={jobPath(job.job_id)} dir="auto">{promptLine(job)}</a>
      <span class="current-time">
        {!isOpen(job) && `${JOB_WORDS[job.status]}, `}
        <JobTime job={job} />
      </span>
    </p>
  );
}
