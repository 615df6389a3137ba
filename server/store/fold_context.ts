/**
 * What an agent's row says of the thread that its pane runs: settings, context, the turn's tokens.
 * Which one that is, `thread_rules.ts` says. Pure, like all of the fold.
 */
import type { ThreadRow } from "../wire.ts";
import type { AgentState, Tower } from "./state.ts";
import { presentAgent } from "./thread_rules.ts";

/** Shows the thread, as of `ts`, on the row of the agent whose pane runs it. */
export function showThread(tower: Tower, thread: ThreadRow, ts: number): void {
  const agent = presentAgent(tower, thread);
  if (!agent) return;
  agent.thread_ts = Math.max(agent.thread_ts ?? 0, ts);
  agent.turn_id = thread.turn_id ?? agent.turn_id;
  const { effort, approval_policy, sandbox } = thread;
  const { context_tokens, context_kind, context_window } = thread;
  Object.assign(agent, { effort, approval_policy, sandbox });
  Object.assign(agent, { context_tokens, context_kind, context_window });
  const turn = agent.turn_id ? tower.turn(agent.turn_id) : undefined;
  agent.turn_tokens = turn?.total_tokens ?? null;
  agent.turn_sub_agent_tokens = turn?.sub_agent_tokens ?? null;
}

/** Its pane is gone or another one: what ran there before is not what runs now. */
export function forgetThread(agent: AgentState, ts: number): void {
  if (agent.thread_id !== null) agent.thread_ts = ts;
  Object.assign(agent, NO_THREAD);
  delete agent.claims.socket;
}

export const NO_THREAD = {
  thread_id: null,
  turn_id: null,
  effort: null,
  approval_policy: null,
  sandbox: null,
  context_tokens: null,
  context_kind: null,
  context_window: null,
  turn_tokens: null,
  turn_sub_agent_tokens: null,
} satisfies Partial<AgentState>;
