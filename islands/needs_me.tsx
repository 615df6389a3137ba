/** What waits for a person, with what it asks and where to answer. Absent when nothing waits. */
import type { AgentRow } from "../server/wire.ts";
import { agentPath } from "./links.ts";
import { waiting } from "./state.ts";
import { AgentStatusBadge } from "./status.tsx";
import { Age } from "./times.tsx";

export function NeedsMe() {
  if (waiting.value.length === 0) return null;
  return (
    <section class="needs" aria-labelledby="needs-title">
      <h2 id="needs-title" class="visually-hidden">What needs you</h2>
      <ul>
        {waiting.value.map((agent) => <Need key={agent.agent} agent={agent} />)}
      </ul>
    </section>
  );
}

function Need({ agent }: { agent: AgentRow }) {
  return (
    <li class={`need s-${agent.status}`}>
      <AgentStatusBadge agent={agent} />
      <a class="need-agent" href={agentPath(agent.agent)} data-row>
        <bdi>{agent.agent}</bdi>
      </a>
      <p class="need-detail" dir="auto">{agent.status_detail ?? "No more is known"}</p>
      <span class="need-where">{remedy(agent)}</span>
      {agent.status_ts !== null && <Age ts={agent.status_ts} />}
    </li>
  );
}

function remedy({ status, pane_id }: AgentRow): string {
  const pane = pane_id ? `pane ${pane_id}` : "its pane";
  switch (status) {
    case "approval":
    case "input":
      return `Answer in ${pane}`;
    case "auth":
      return `Log in, in ${pane}`;
    case "error":
      return `Look at ${pane}`;
    case "missing":
      return "Start it with codexdash up";
    case "idle":
    case "working":
    case "unknown":
      return "";
    default:
      return status satisfies never;
  }
}
