/**
 * Token counts and the lines that carry them: cached is part of input, reasoning part of output, total
 * the sum of input and output (codex.md §6).
 */
import { CONTEXT_WINDOW, type Payload, type ThreadFacts, type TurnFacts } from "./lines.ts";

export interface Usage {
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_input_tokens: number;
  output_tokens: number;
  reasoning_output_tokens: number;
  total_tokens: number;
}

/** No tokens yet. */
export const NO_USAGE: Usage = usage(0, 0, { output: 0, reasoning: 0 });

/** Cached is part of input, reasoning part of output, total their sum. */
export function usage(
  input: number,
  cached: number,
  { output, reasoning }: { output: number; reasoning: number },
): Usage {
  return {
    input_tokens: input,
    cached_input_tokens: cached,
    cache_write_input_tokens: 0,
    output_tokens: output,
    reasoning_output_tokens: reasoning,
    total_tokens: input + output,
  };
}

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input_tokens: a.input_tokens + b.input_tokens,
    cached_input_tokens: a.cached_input_tokens + b.cached_input_tokens,
    cache_write_input_tokens: a.cache_write_input_tokens + b.cache_write_input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
    reasoning_output_tokens: a.reasoning_output_tokens + b.reasoning_output_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
  };
}

export function tokenUsageRecord(
  thread: ThreadFacts,
  turn: TurnFacts,
  usages: { response_id: string; usage: Usage; of_turn: Usage; of_thread: Usage },
): Payload {
  return {
    thread_id: thread.id,
    turn_id: turn.id,
    session_id: thread.session_id,
    root_turn_id: turn.id,
    response_id: usages.response_id,
    usage: usages.usage,
    turn_token_usage: usages.of_turn,
    thread_token_usage: usages.of_thread,
  };
}

/** `last` is undefined before the thread's first response: then Codex has only the limits. */
export function tokenCount(total: Usage, last: Usage | undefined, limit_percent: number): Payload {
  const now_s = Date.now() / 1_000;
  return {
    type: "token_count",
    info: last === undefined ? null : {
      total_token_usage: total,
      last_token_usage: last,
      last_usage_includes_reasoning: true,
      model_context_window: CONTEXT_WINDOW,
    },
    rate_limits: {
      limit_id: "codex",
      limit_name: null,
      primary: {
        used_percent: limit_percent,
        window_minutes: 300,
        resets_at: nextReset(now_s, 300),
      },
      secondary: {
        used_percent: 41,
        window_minutes: 10_080,
        resets_at: nextReset(now_s, 10_080),
      },
      credits: null,
      individual_limit: null,
      spend_control_reached: null,
      plan_type: null,
      rate_limit_reached_type: null,
    },
  };
}

/** The same for all agents of a demo, as one account's is: windows follow each other since the epoch. */
function nextReset(now_s: number, window_minutes: number): number {
  const window_s = window_minutes * 60;
  return (Math.floor(now_s / window_s) + 1) * window_s;
}
