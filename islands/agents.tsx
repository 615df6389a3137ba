/** Every agent in full: where it runs, what the doctor says of it, its screen, its newest output. */
import type { AgentRow, DoctorAgent } from "../server/wire.ts";
import { StatusOrigin } from "./agent_card.tsx";
import { ContextBar, contextWords, turnWords } from "./context.tsx";
import { Detail } from "./detail.tsx";
import { Command } from "./first_run.tsx";
import { useFollow } from "./follow.ts";
import { formatCount, UNKNOWN } from "./format.ts";
import { agentAnchor, jobPath } from "./links.ts";
import { Limits } from "./limits.tsx";
import type { OutputLine } from "./page_state.ts";
import { promptLine } from "./prompt_text.tsx";
import { Screen } from "./screen.tsx";
import { agents, doctor, jobOf, needsMe, screenOf, tokensToday, transcripts } from "./state.ts";
import { AgentStatusBadge } from "./status.tsx";
import { Age } from "./times.tsx";
import { OutputLines } from "./transcript.tsx";

export function Agents() {
  return (
    <div class="page">
      <h1>Agents</h1>
      <Limits />
      {agents.value.length === 0 && (
        <div class="card nothing">
          <p>No agents were found. Start them, and they appear here.</p>
          <Command text="codexdash up" />
        </div>
      )}
      {agents.value.map((agent) => <AgentPanel key={agent.agent} agent={agent} />)}
    </div>
  );
}

function AgentPanel({ agent }: { agent: AgentRow }) {
  const screen = screenOf(agent.agent).value;
  const lines = transcripts.value.get(agent.agent) ?? [];
  const job = jobOf(agent);
  return (
    <section
      class={`card agent-panel s-${agent.status}`}
      id={agentAnchor(agent.agent)}
      aria-label={agent.agent}
    >
      <header>
        <h2>
          <bdi>{agent.agent}</bdi>
        </h2>
        <AgentStatusBadge agent={agent} />
        <StatusOrigin agent={agent} />
      </header>
      {needsMe(agent) && agent.status_detail && (
        <Detail text={agent.status_detail} status={agent.status} />
      )}
      <Mapping agent={agent} info={doctorAgent(agent.agent)} />
      <div class="agent-panel-body">
        <div>
          <h3>Screen</h3>
          {screen
            ? <Screen screen={screen} />
            : <p class="screen none">{agent.pane_id ? "Screen not seen yet" : "No pane"}</p>}
        </div>
        <div>
          <h3>Newest output</h3>
          {job && (
            <p class="panel-job">
              <a href={jobPath(job.job_id)} dir="auto" data-row>{promptLine(job)}</a>
            </p>
          )}
          {lines.length
            ? <Output agent={agent.agent} lines={lines} />
            : <p class="empty">Nothing was printed yet.</p>}
        </div>
      </div>
    </section>
  );
}

/** Agents have any name, `constructor` too. */
function doctorAgent(agent: string): DoctorAgent | undefined {
  const known = doctor.value?.agents ?? {};
  return Object.hasOwn(known, agent) ? known[agent] : undefined;
}

function Output({ agent, lines }: { agent: string; lines: readonly OutputLine[] }) {
  const { list, onScroll } = useFollow<HTMLDivElement>(lines);
  return (
    <div
      ref={list}
      class="scroller"
      tabIndex={0}
      role="group"
      aria-label={`Output of ${agent}`}
      onScroll={onScroll}
    >
      <OutputLines lines={lines} />
    </div>
  );
}

function Mapping({ agent, info }: { agent: AgentRow; info: DoctorAgent | undefined }) {
  const facts: [word: string, value: string | null | undefined][] = [
    ["Session", agent.session],
    ["Window", agent.window_name ?? info?.window_name],
    ["Pane", agent.pane_id ?? info?.pane_id],
    ["Model", agent.model],
    ["Effort", agent.effort],
    ["Sandbox", agent.sandbox],
    ["Approval", agent.approval_policy],
    ["Responsive", info && (info.responsive ? "yes" : "no")],
    ["Login", info && (info.auth_needed ? "needed" : "fine")],
    ["Layout", info?.mode],
  ];
  return (
    <dl class="mapping">
      {facts.map(([word, value]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>
            <bdi>{value ?? UNKNOWN}</bdi>
          </dd>
        </div>
      ))}
      <div>
        <dt>Context</dt>
        <dd class="fill">
          <ContextBar agent={agent} />
          {contextWords(agent)}
          {agent.context_tokens !== null && agent.context_window !== null && (
            <span class="of">
              {formatCount(agent.context_tokens)} of {formatCount(agent.context_window)}
            </span>
          )}
        </dd>
      </div>
      <div>
        <dt>Tokens this turn</dt>
        <dd>{turnWords(agent)}</dd>
      </div>
      <div>
        <dt>Tokens today</dt>
        <dd>{formatCount(tokensToday(agent))}</dd>
      </div>
      <div>
        <dt>Last seen</dt>
        <dd>{agent.last_seen === null ? UNKNOWN : <Age ts={agent.last_seen} />}</dd>
      </div>
    </dl>
  );
}
