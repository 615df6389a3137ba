/** How full an agent's context is, and what its turn and its day have used. Exact, or said not to be. */
import type { AgentRow } from "../server/wire.ts";
import { Bar } from "./bar.tsx";
import { FactLine } from "./fact_line.tsx";
import { formatCount, formatPercent, UNKNOWN } from "./format.ts";
import { StatusIcon } from "./icons.tsx";
import { tokensToday } from "./state.ts";

/** A context this full is compacted soon. */
const NEARLY = 80;

/** `context 34 %` with its bar; `≈` before what Codex itself estimates. */
export function Context({ agent }: { agent: AgentRow }) {
  const percent = contextPercent(agent);
  if (percent === null) return <span class="context">context not known</span>;
  const is_full = percent >= NEARLY;
  return (
    <span class={is_full ? "context s-warning" : "context"}>
      <ContextBar agent={agent} />
      {is_full && <StatusIcon status="warning" />}
      context {contextWords(agent)}
    </span>
  );
}

export function ContextBar({ agent }: { agent: AgentRow }) {
  const percent = contextPercent(agent);
  return percent === null ? null : <Bar percent={percent} />;
}

/** `34 %`, `≈ 6 %`, `empty`, or `—`. */
export function contextWords(agent: AgentRow): string {
  const percent = contextPercent(agent);
  if (percent === null) return UNKNOWN;
  if (agent.context_tokens === 0) return "empty";
  return `${agent.context_kind === "estimated" ? "≈ " : ""}${
    formatPercent(percent < 1 ? percent : Math.round(percent))
  }`;
}

function contextPercent({ context_tokens, context_window }: AgentRow): number | null {
  if (context_tokens === 0) return 0;
  if (context_tokens === null || !context_window) return null;
  return context_tokens / context_window * 100;
}

/** The card's line of figures; none while nothing is known of what its Codex does. */
export function Figures({ agent }: { agent: AgentRow }) {
  const today = tokensToday(agent);
  if (agent.thread_id === null && !today) return null;
  const turn = turnWords(agent);
  const of_today = `today ${formatCount(today)}`;
  return (
    <p class="figures">
      <Context agent={agent} />
      <FactLine facts={turn === UNKNOWN ? [of_today] : [`turn ${turn}`, of_today]} />
    </p>
  );
}

/** The turn's exact tokens, its sub-agents' beside them. */
export function turnWords({ turn_tokens, turn_sub_agent_tokens }: AgentRow): string {
  if (turn_tokens === null) return UNKNOWN;
  const beside = turn_sub_agent_tokens ? ` + ${formatCount(turn_sub_agent_tokens)} sub-agents` : "";
  return formatCount(turn_tokens) + beside;
}
