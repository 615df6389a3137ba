/** Tokens as they are reported: exact sums, and beside them, never in them, estimates and costs. */
import type { Cost, ModelUsage, UsageReportRow, UsageRow } from "../wire.ts";
import type { Store } from "./db.ts";
import { sumUsage, sumUsageByModel, type UsageQuery } from "./usage.ts";
import { type EstimateSum, sumEstimates } from "./usage_estimates.ts";

/**
 * What `sumUsage` gives, with estimates; keys that have nothing but estimates come where the limit
 * leaves room. `costOf` is left out where there are no prices.
 */
export function readUsage(
  store: Store,
  query: UsageQuery,
  costOf?: (usage: ModelUsage[]) => Cost | null,
): UsageReportRow[] {
  const exact = sumUsage(store, query);
  const estimates = new Map(sumEstimates(store, query).map((sum) => [sum.key, sum]));
  const models = Map.groupBy(costOf ? sumUsageByModel(store, query) : [], ({ key }) => key);
  const rows = exact.map((row) => ({
    ...row,
    ...NO_ESTIMATES,
    ...estimates.get(row.key),
    cost: costOf?.(models.get(row.key) ?? []) ?? null,
  }));
  const known = new Set(exact.map(({ key }) => key));
  const others = [...estimates.values()].filter(({ key }) => !known.has(key))
    .map((sum) => ({ ...NO_USAGE, ...sum, cost: null }));
  if (others.length === 0) return rows;
  const all = [...rows, ...others].slice(0, query.limit);
  return query.by === "day" || query.by === "hour" ? all.sort(byKey) : all;
}

function byKey(a: UsageRow, b: UsageRow): number {
  return String(a.key) < String(b.key) ? -1 : 1;
}

const NO_ESTIMATES: Omit<EstimateSum, "key"> = { estimated_jobs: 0, total_tokens_est: 0 };

const NO_USAGE: Omit<UsageRow, "key"> = {
  responses: 0,
  input_tokens: 0,
  cached_input_tokens: 0,
  output_tokens: 0,
  reasoning_output_tokens: 0,
  total_tokens: 0,
  compaction_tokens: 0,
  sub_agent_tokens: 0,
  shared_with: [],
};
