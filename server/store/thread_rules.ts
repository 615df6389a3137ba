/**
 * Whose a thread is and for whom it speaks. Many threads can belong to an agent: what it does now is
 * what its present one does, the one that its pane runs (codex.md §13).
 */
import type { StatusClaim, ThreadRow, TurnOutcome, TurnRow } from "../wire.ts";
import { settleStatus } from "./claims.ts";
import { finishJob, outcomeStatus } from "./job_rules.ts";
import type { AgentState, JobState, Tower } from "./state.ts";

/** The session file is the last word on how a turn ended, whoever spoke before. */
export function endJob(job: JobState, turn: TurnRow): void {
  if (turn.finished_ts === null) return;
  job.finished_ts = turn.finished_ts;
  finishJob(job, outcomeStatus(turnOutcome(turn)), {
    ts: turn.finished_ts,
    source: "rollout",
    detail: turn.error_message,
  });
}

function turnOutcome({ status }: TurnRow): TurnOutcome {
  switch (status) {
    case "error":
    case "lost":
      return "error";
    case "interrupted":
      return "interrupted";
    case "done":
    case "running":
      return "done";
    default:
      return status satisfies never;
  }
}

/**
 * The thread is this agent's: its running turn, and every one from here on. Earlier ones stay. So do
 * sub-agents that have an agent; one whose file was read before its parent's was known gets it now.
 */
export function mapThread(tower: Tower, thread: ThreadRow, agent: string): void {
  thread.agent = agent;
  const turn = thread.turn_id ? tower.turn(thread.turn_id) : undefined;
  if (turn) turn.agent = agent;
  for (const child of tower.childThreads(thread.thread_id)) {
    if (child.agent === null) mapThread(tower, child, agent);
  }
}

/**
 * A turn has begun in a thread: the newest to begin one is the agent's present thread, as far as
 * nobody knows better. Session files are read newest first: an older turn is no news.
 */
export function takeOver(tower: Tower, thread: ThreadRow, ts: number): void {
  if (thread.agent === null || thread.parent_thread_id !== null) return;
  const agent = tower.agent(thread.agent);
  if (agent.thread_id === thread.thread_id || ts < (agent.thread_ts ?? 0)) return;
  agent.thread_id = thread.thread_id;
  agent.thread_ts = ts;
  agent.turn_id = thread.turn_id;
  agent.model = thread.model ?? agent.model;
  agent.claims.rollout = { status: "unknown", ts, detail: null, code: null };
  claimLive(agent, thread);
  settleStatus(agent);
}

/** What the daemon says of the thread that the agent runs now; no claim where it says nothing. */
export function claimLive(
  agent: AgentState,
  { live_status: status, live_ts: ts }: ThreadRow,
): void {
  delete agent.claims.socket;
  if (status === null || ts === null) return;
  agent.claims.socket = { status, ts, detail: null, code: null };
  agent.last_seen = Math.max(agent.last_seen ?? 0, ts);
}

/** The agent whose pane runs this thread now. A sub-agent's thread speaks for none. */
export function presentAgent(tower: Tower, thread: ThreadRow): AgentState | undefined {
  if (thread.agent === null || thread.parent_thread_id !== null) return undefined;
  const agent = tower.agent(thread.agent);
  return agent.thread_id === thread.thread_id ? agent : undefined;
}

export function claimTurn(tower: Tower, thread: ThreadRow, { started_ts }: TurnRow): void {
  claim(tower, thread, { status: "working", ts: started_ts, detail: null, code: null });
}

/** What a session file says of the agent whose present thread it is. */
export function claim(tower: Tower, thread: ThreadRow, claim: StatusClaim): void {
  const agent = presentAgent(tower, thread);
  if (!agent || agent.status === "missing") return;
  const before = agent.claims.rollout;
  // Its pane can be looked at before the lines that made us look are read.
  if (before && before.status !== "unknown" && claim.ts < before.ts) return;
  agent.claims.rollout = claim;
  agent.last_seen = Math.max(agent.last_seen ?? 0, claim.ts);
  settleStatus(agent);
}
