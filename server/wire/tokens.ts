/**
 * How many tokens something took and what it cost. A figure is exact or estimated, never a mix under
 * one name.
 */
import type { EventHead } from "./codex_events.ts";
import type { UsageRow } from "./threads.ts";

/** Token counts of a job; a job with `*_exact` figures has no `*_est` ones. */
export interface TokenFields {
  prompt_tokens_exact: number | null;
  completion_tokens_exact: number | null;
  total_tokens_exact: number | null;
  prompt_tokens_est: number | null;
  completion_tokens_est: number | null;
  total_tokens_est: number | null;
}

/** How an estimate was made: read in the output, counted by a tokenizer, or a quarter of the characters. */
export const ESTIMATE_METHODS = ["stated", "tiktoken", "chars"] as const;
export type EstimateMethod = typeof ESTIMATE_METHODS[number];

/** An estimate: its parts are null where only the total is stated. */
export interface EstimatedTokens {
  prompt_tokens_est: number | null;
  completion_tokens_est: number | null;
  total_tokens_est: number;
}

/** A job ended, and nothing exact came or can come. */
export interface TokenEstimateEvent extends EventHead, EstimatedTokens {
  type: "token_estimate";
  job_id: string;
  method: EstimateMethod;
}

/** What exact tokens cost by the user's own price list, and where those prices are from. */
export interface Cost {
  amount: number;
  /** ISO 4217, such as USD. */
  currency: string;
  source: string;
  /** The day at which the prices held, YYYY-MM-DD. */
  date: string;
}

/** Exact tokens of one model: what a price is for. The model is null where it is not known. */
export interface ModelUsage {
  model: string | null;
  input_tokens: number;
  /** Inside `input_tokens`. */
  cached_input_tokens: number;
  output_tokens: number;
}

/** `GET /api/usage`: exact sums, and beside them estimates and costs. */
export interface UsageReportRow extends UsageRow {
  /** Jobs of this key whose tokens could only be estimated, and those tokens: in no other figure. */
  estimated_jobs: number;
  total_tokens_est: number;
  /** Of the exact tokens; null without a price list or where one of their models has no price. */
  cost: Cost | null;
}
