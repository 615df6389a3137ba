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
  const starts_again = before === null || total.total_tokens < before.total_tokens;
  const increase = starts_again ? total : {
    input_tokens: total.input_tokens - before.input_tokens,
    cached_input_tokens: total.cached_input_tokens - before.cached_input_tokens,
    output_tokens: total.output_tokens - before.output_tokens,
    reasoning_output_tokens: total.reasoning_output_tokens - before.reasoning_output_tokens,
  };
  // After a context error the total is set to the window's size, its parts to 0: that is no response.
  const total_tokens = increase.input_tokens + increase.output_tokens;
  return total_tokens > 0 ? { ...increase, total_tokens } : undefined;
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
  return {
    limit_id: text(limits?.["limit_id"]),
    limit_name: text(limits?.["limit_name"]),
    primary: readWindow(limits?.["primary"]),
    secondary: readWindow(limits?.["secondary"]),
    plan_type: text(limits?.["plan_type"]),
    reached: text(limits?.["rate_limit_reached_type"]),
    ...readContext(info),
    context_window: number(info?.["model_context_window"]),
  };
}

/**
 * What the context holds: the last response's tokens. After a compaction Codex states an estimate with
 * no parts. After a context error it sets the total to the window's size with no parts, and the last
 * usage to the difference, which is no fill (REC rollout-compacted, its lines 37 and 56).
 */
function readContext(info: Json | undefined): Pick<Limits, "context_tokens" | "context_kind"> {
  const last = readUsage(info?.["last_token_usage"]);
  if (!last) return { context_tokens: null, context_kind: null };
  const context_tokens = last.total_tokens;
  if (last.input_tokens + last.output_tokens > 0) return { context_tokens, context_kind: "exact" };
  const total = readUsage(info?.["total_token_usage"]);
  const was_set = total && total.total_tokens > 0 && total.input_tokens + total.output_tokens === 0;
  if (was_set) return { context_tokens: null, context_kind: "unknown" };
  return context_tokens > 0
    ? { context_tokens, context_kind: "estimated" }
    : { context_tokens: null, context_kind: null };
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
