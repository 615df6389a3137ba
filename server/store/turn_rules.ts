/** What the folds of session files share: a turn's row and its jobs. */
import type { ThreadRow, TokenUsage, TurnRow } from "../wire.ts";
import type { JobState, Tower } from "./state.ts";

export const NO_TOKENS: TokenUsage = {
  input_tokens: 0,
  cached_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
  total_tokens: 0,
};

export function addUsage(sum: TokenUsage, usage: TokenUsage): void {
  for (const key of Object.keys(NO_TOKENS) as (keyof TokenUsage)[]) sum[key] += usage[key];
}

export function jobsOf(tower: Tower, turn: TurnRow): JobState[] {
  return turn.job_ids.map((id) => tower.job(id)).filter((job) => job !== undefined);
}

/** The turn's row; made when its first line is not the one that starts it. */
export function ensureTurn(
  tower: Tower,
  thread: ThreadRow,
  turn_id: string,
  ts: number,
): TurnRow {
  return tower.turn(turn_id) ?? tower.addTurn({
    turn_id,
    thread_id: thread.thread_id,
    root_turn_id: null,
    agent: thread.agent,
    status: "running",
    trigger: null,
    model: thread.model,
    effort: thread.effort,
    approval_policy: thread.approval_policy,
    sandbox: thread.sandbox,
    cwd: thread.cwd,
    started_ts: ts,
    finished_ts: null,
    duration_ms: null,
    error_code: null,
    error_message: null,
    last_message: null,
    job_ids: [],
    compaction_tokens: 0,
    sub_agent_tokens: 0,
    ...NO_TOKENS,
  });
}
