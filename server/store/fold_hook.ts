/**
 * What Codex's hooks and its `notify` claim of an agent. A lower tier: none tells of a turn that
 * failed, nor of an approval that was answered (codex.md §8), so it moves no job. Pure, like all of
 * the fold.
 */
import type { AgentStatus, HookEvent } from "../wire.ts";
import { settleStatus } from "./claims.ts";
import type { AgentState, Tower } from "./state.ts";
import { presentAgent } from "./thread_rules.ts";

/** Applies one hook and returns the job that its turn serves, or null. */
export function foldHook(tower: Tower, event: HookEvent): string | null {
  const said = hookStatus(event);
  const agent = said && agentOf(tower, event);
  if (said && agent && agent.status !== "missing" && isNews(agent, event.ts)) {
    agent.claims.hook = { ...said, ts: event.ts, code: null };
    agent.last_seen = Math.max(agent.last_seen ?? 0, event.ts);
    settleStatus(agent);
  }
  const turn = event.turn_id ? tower.turn(event.turn_id) : undefined;
  return turn?.job_ids[0] ?? null;
}

/** What a hook says its agent does; undefined when it says nothing (REC hooks-nodaemon). */
function hookStatus(
  { hook, status, tool, detail }: HookEvent,
): { status: AgentStatus; detail: string | null } | undefined {
  switch (hook) {
    case "UserPromptSubmit":
    case "PreModelRequest":
    case "PreToolUse":
    case "PostToolUse":
      return { status: "working", detail: null };
    case "PermissionRequest":
      return { status: "approval", detail: detail ?? tool };
    case "PostModelRequest":
      return status === "failed" ? { status: "error", detail } : undefined;
    case "Stop":
    case "Interrupt":
    case "notify":
      return { status: "idle", detail: null };
    case "SessionEnd":
      return { status: "unknown", detail: null };
    default:
      return undefined;
  }
}

/**
 * Whose it is: the agent whose present thread it is, else the one whose pane ran the hook. A sub-agent
 * speaks for nobody. `notify` also runs for hidden threads that write titles, in the same pane and
 * with no session file: for it the thread has to be known (codex.md §9; REC notify).
 */
function agentOf(tower: Tower, event: HookEvent): AgentState | undefined {
  if (event.sub_agent_id !== null) return undefined;
  const thread = tower.thread(event.thread_id);
  if (thread && thread.parent_thread_id !== null) return undefined;
  if (thread?.agent) return presentAgent(tower, thread);
  if (!thread && event.hook === "notify") return undefined;
  return event.pane_id ? tower.agentByPane(event.pane_id) : undefined;
}

/** Hooks of one moment run at the same time: the one that is written last need not be the newest. */
function isNews(agent: AgentState, ts: number): boolean {
  return ts >= (agent.claims.hook?.ts ?? 0);
}
