/** From what people type (`@1`, `@fast`, `fast`, `all`, `%2`) to agents and their panes. */
import { CodexdashError } from "../error.ts";

/** What is known of an agent's place; the rest of its row is not looked at here. */
export interface Place {
  agent: string;
  pane_id: string;
  /** What `@1`, `@2` … count. */
  index: number;
}

/**
 * The agents that the targets name, each once, in the order of the targets. Throws
 * `CodexdashError` "not_found" with the names that there are.
 */
export function pickTargets<Agent extends Place>(
  targets: readonly string[],
  agents: readonly Agent[],
): Agent[] {
  const picked = targets.flatMap((target) => pickTarget(target, agents));
  return picked.filter((agent, index) =>
    picked.findIndex(({ pane_id }) => pane_id === agent.pane_id) === index
  );
}

function pickTarget<Agent extends Place>(
  target: string,
  agents: readonly Agent[],
): readonly Agent[] {
  if (target === "all" || target === "@all") {
    if (agents.length > 0) return agents;
  } else if (target.startsWith("%")) {
    const inPane = agents.find(({ pane_id }) => pane_id === target);
    if (inPane) return [inPane];
  } else {
    const name = target.replace(/^@/, "");
    const found = agents.find(({ agent }) => agent === name) ??
      agents.find(({ index }) => target === `@${index}`);
    if (found) return [found];
  }
  throw new CodexdashError("not_found", `Cannot send to "${target}": ${whoIsThere(agents)}`);
}

function whoIsThere(agents: readonly Place[]): string {
  if (agents.length === 0) return "no agent runs; start some with codexdash up";
  const names = agents.map(({ agent, index, pane_id }) => `${agent} (@${index}, ${pane_id})`);
  return `no such agent; there are ${names.join(", ")}`;
}
