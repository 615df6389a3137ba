/** Reads of the agents table. */
import type { AgentRow } from "../wire.ts";
import type { Store } from "./db.ts";
import { AGENT_SELECT } from "./tower.ts";

/** All agents by name. */
export function listAgents(store: Store): AgentRow[] {
  return store.all<AgentRow>(`SELECT ${AGENT_SELECT} FROM agents ORDER BY agent`);
}

export function findAgent(store: Store, agent: string): AgentRow | undefined {
  return store.get<AgentRow>(`SELECT ${AGENT_SELECT} FROM agents WHERE agent = ?`, agent);
}
