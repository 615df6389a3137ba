/** What looking at panes and processes tells of threads: whose they are, and which turns are lost. */
import type { ThreadMappedEvent, TurnLostEvent } from "../wire.ts";
import { settleStatus } from "./claims.ts";
import { forgetThread, showThread } from "./fold_context.ts";
import { serveTurn } from "./fold_sent.ts";
import type { Tower } from "./state.ts";
import { claim, claimTurn, endJob, mapThread, presentAgent, takeOver } from "./thread_rules.ts";
import { jobsOf } from "./turn_rules.ts";

/** The pane was seen to run this thread. That beats what was concluded from a marker. */
export function foldThreadMapped(tower: Tower, event: ThreadMappedEvent): string | null {
  const { agent, ts } = event;
  const thread = tower.thread(event.thread_id);
  if (!thread) return null;
  const before = thread.agent === agent ? undefined : presentAgent(tower, thread);
  if (before) {
    forgetThread(before, ts);
    delete before.claims.rollout;
    delete before.claims.socket;
    settleStatus(before);
  }
  if (thread.agent !== agent) mapThread(tower, thread, agent);
  takeOver(tower, thread, Math.max(ts, tower.agent(agent).thread_ts ?? 0));
  const running = thread.turn_id ? tower.turn(thread.turn_id) : undefined;
  if (running) claimTurn(tower, thread, running);
  const turn = event.turn_id ? tower.turn(event.turn_id) : running;
  if (turn) {
    turn.agent = agent;
    serveTurn(tower, thread, turn);
  }
  for (const job of turn ? jobsOf(tower, turn) : []) job.agent ??= agent;
  showThread(tower, thread, ts);
  return turn?.job_ids[0] ?? null;
}

/** What people read on a lost turn and its jobs. */
const LOST = "Codex was killed before its turn ended";

/**
 * The turn ended when its last line was written, and nobody knows how. Should a process go on with it
 * after all, its end overrules this like any other.
 */
export function foldTurnLost(tower: Tower, event: TurnLostEvent): string | null {
  const thread = tower.thread(event.thread_id);
  const turn = tower.turn(event.turn_id);
  if (!thread || turn?.status !== "running") return turn?.job_ids[0] ?? null;
  turn.status = "lost";
  turn.finished_ts = Math.max(turn.started_ts, thread.updated_ts);
  turn.duration_ms = turn.finished_ts - turn.started_ts;
  turn.error_message = LOST;
  if (thread.turn_id === turn.turn_id) thread.turn_id = null;
  for (const job of jobsOf(tower, turn)) endJob(job, turn);
  claim(tower, thread, { status: "unknown", ts: event.ts, detail: null, code: null });
  return turn.job_ids[0] ?? null;
}
