/**
 * Exact tokens, one model response at a time: on the thread, the turn, the jobs and the slot that they
 * are summed from. A turn that serves several jobs counts once; each of its jobs shows all of it. What
 * sub-agents use stands beside the figures of the turn that they work for. Pure, like all of the fold.
 */
import type { CompactedEvent, ResponseRow, ThreadRow, TurnRow, UsageEvent } from "../wire.ts";
import type { TokenUsage } from "../wire.ts";
import { showThread } from "./fold_context.ts";
import { takeLimits } from "./fold_limits.ts";
import type { JobState, Tower, UsageSlot } from "./state.ts";
import { addUsage, ensureTurn, jobsOf, NO_TOKENS } from "./turn_rules.ts";

/**
 * How long a slot is. Every offset that a time zone has today is a multiple of it, so no day and no hour
 * of any zone begins within a slot.
 */
export const SLOT_MS = 15 * 60_000;

/** Counts a response once, however often it is told; returns the job that its turn serves, or null. */
export function foldUsage(tower: Tower, thread: ThreadRow, event: UsageEvent): string | null {
  const { response_id, ts, thread_id, turn_id } = event;
  const turn = turn_id ? ensureTurn(tower, thread, turn_id, ts) : undefined;
  if (!tower.response(response_id)) {
    const usage = tokensOf(event);
    const response = tower.addResponse({
      response_id,
      ts,
      thread_id,
      turn_id,
      agent: thread.agent,
      model: turn?.model ?? thread.model,
      kind: "turn",
      ...usage,
    });
    addUsage(thread, usage);
    const slot = slotOf(tower, response);
    addUsage(slot, usage);
    slot.responses++;
    if (turn) countForTurn(tower, { thread, turn, usage, ts });
  }
  if (event.limits) takeLimits(tower, thread, { ts, limits: event.limits });
  return turn?.job_ids[0] ?? null;
}

function countForTurn(
  tower: Tower,
  { thread, turn, usage, ts }: {
    thread: ThreadRow;
    turn: TurnRow;
    usage: TokenUsage;
    ts: number;
  },
): void {
  addUsage(turn, usage);
  for (const job of jobsOf(tower, turn)) addTokens(job, usage);
  const root = thread.parent_thread_id !== null && turn.root_turn_id !== turn.turn_id
    ? tower.turn(turn.root_turn_id ?? "")
    : undefined;
  if (!root) return;
  root.sub_agent_tokens += usage.total_tokens;
  for (const job of jobsOf(tower, root)) addSubAgentTokens(job, usage.total_tokens);
  const root_thread = tower.thread(root.thread_id);
  if (root_thread) showThread(tower, root_thread, ts);
}

/** The response that a compaction asked for is known as that only when the compaction is told. */
export function foldCompacted(
  tower: Tower,
  thread: ThreadRow,
  event: CompactedEvent,
): string | null {
  thread.context_tokens = thread.context_kind = null;
  const response = event.response_id ? tower.response(event.response_id) : undefined;
  if (!response) return null;
  const turn = response.turn_id ? tower.turn(response.turn_id) : undefined;
  if (response.kind !== "compaction") {
    response.kind = "compaction";
    const { total_tokens } = response;
    thread.compaction_tokens += total_tokens;
    slotOf(tower, response).compaction_tokens += total_tokens;
    if (turn) {
      turn.compaction_tokens += total_tokens;
      for (const job of jobsOf(tower, turn)) addCompactionTokens(job, total_tokens);
    }
  }
  return turn?.job_ids[0] ?? null;
}

/** What a turn has used already becomes its job's too. */
export function countTurnForJob(job: JobState, turn: TurnRow): void {
  addTokens(job, turn);
  addCompactionTokens(job, turn.compaction_tokens);
  addSubAgentTokens(job, turn.sub_agent_tokens);
}

function slotOf(tower: Tower, { ts, thread_id, turn_id, model }: ResponseRow): UsageSlot {
  const slot_ts = ts - ts % SLOT_MS;
  const slot_key = `${slot_ts} ${thread_id} ${turn_id ?? ""} ${model ?? ""}`;
  return tower.usageSlot(slot_key) ?? tower.addUsageSlot({
    slot_key,
    slot_ts,
    thread_id,
    turn_id,
    model,
    responses: 0,
    compaction_tokens: 0,
    ...NO_TOKENS,
  });
}

function tokensOf(event: UsageEvent): TokenUsage {
  const { input_tokens, cached_input_tokens, output_tokens } = event;
  const { reasoning_output_tokens, total_tokens } = event;
  return {
    input_tokens,
    cached_input_tokens,
    output_tokens,
    reasoning_output_tokens,
    total_tokens,
  };
}

/** The old names: prompt is input, completion is output. */
function addTokens(job: JobState, usage: TokenUsage): void {
  if (usage.total_tokens === 0) return;
  job.prompt_tokens_exact = (job.prompt_tokens_exact ?? 0) + usage.input_tokens;
  job.completion_tokens_exact = (job.completion_tokens_exact ?? 0) + usage.output_tokens;
  job.total_tokens_exact = (job.total_tokens_exact ?? 0) + usage.total_tokens;
  job.cached_tokens_exact = (job.cached_tokens_exact ?? 0) + usage.cached_input_tokens;
  job.reasoning_tokens_exact = (job.reasoning_tokens_exact ?? 0) + usage.reasoning_output_tokens;
}

function addCompactionTokens(job: JobState, tokens: number): void {
  if (tokens > 0) job.compaction_tokens_exact = (job.compaction_tokens_exact ?? 0) + tokens;
}

function addSubAgentTokens(job: JobState, tokens: number): void {
  if (tokens > 0) job.sub_agent_tokens_exact = (job.sub_agent_tokens_exact ?? 0) + tokens;
}
