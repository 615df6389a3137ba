/** Tokens, plan limits and context fill as a session file states them (codex.md §6). */
import type { Limits, LimitWindow, TokenUsage } from "../wire.ts";
import { type Json, number, record, text } from "./json.ts";

/** What of a legacy file's running total is counted already. */
export interface LegacyTotal {
  /** The last total seen, null before the first. */
  counted: TokenUsage | null;
  /** Whether the file began as a copy: then its first total is the parent's. */
  copied: boolean;
}

/**
 * Legacy files state running totals: what counts is their increase. A repeated line increases
 * nothing; a total that falls (a new context) starts again from itself (codex.md §6).
 */
export function legacyIncrease(memory: LegacyTotal, info: Json): TokenUsage | undefined {
  const total = readUsage(info["total_token_usage"]);
  if (!total) return undefined;
  const before = memory.counted;
  memory.counted = total;
  if (before === null && memory.copied) return undefined;
  if (before === null || total.total_tokens < before.total_tokens) return total;
  const increase = {
    input_tokens: total.input_tokens - before.input_tokens,
    cached_input_tokens: total.cached_input_tokens - before.cached_input_tokens,
    output_tokens: total.output_tokens - before.output_tokens,
    reasoning_output_tokens: total.reasoning_output_tokens - before.reasoning_output_tokens,
    total_tokens: total.total_tokens - before.total_tokens,
  };
  // After a context error the total jumps to the window's size with its parts unchanged: no response.
  const real = increase.input_tokens + increase.output_tokens;
  return real > 0 ? { ...increase, total_tokens: real } : undefined;
}

export function readUsage(value: unknown): TokenUsage | undefined {
  const usage = record(value);
  if (!usage) return undefined;
  const input_tokens = number(usage["input_tokens"]) ?? 0;
  const output_tokens = number(usage["output_tokens"]) ?? 0;
  return {
    input_tokens,
    cached_input_tokens: number(usage["cached_input_tokens"]) ?? 0,
    output_tokens,
    reasoning_output_tokens: number(usage["reasoning_output_tokens"]) ?? 0,
    total_tokens: number(usage["total_tokens"]) ?? input_tokens + output_tokens,
  };
}

/** One `token_count` line's limits and context fill. */
export function readLimits(payload: Json, info: Json | undefined): Limits {
  const limits = record(payload["rate_limits"]);
  const last = readUsage(info?.["last_token_usage"]);
  return {
    limit_id: text(limits?.["limit_id"]),
    primary: readWindow(limits?.["primary"]),
    secondary: readWindow(limits?.["secondary"]),
    plan_type: text(limits?.["plan_type"]),
    reached: text(limits?.["rate_limit_reached_type"]),
    context_tokens: last?.total_tokens ?? null,
    context_window: number(info?.["model_context_window"]),
  };
}

function readWindow(value: unknown): LimitWindow | null {
  const window = record(value);
  const used_percent = number(window?.["used_percent"]);
  if (used_percent === null) return null;
  const resets_at = number(window?.["resets_at"]);
  return {
    used_percent,
    window_minutes: number(window?.["window_minutes"]),
    resets_ts: resets_at === null ? null : Math.round(resets_at * 1000),
  };
}
