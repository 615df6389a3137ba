/** What a job's exact tokens cost, with where its prices are from; nothing where that is not known. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fetchCost } from "./api.ts";
import { formatAmount } from "./format.ts";
import type { JobDetail } from "./page_state.ts";

export function JobCost({ detail }: { detail: JobDetail }) {
  const { job, has_prices } = detail;
  const tokens = (job.total_tokens_exact ?? 0) + (job.sub_agent_tokens_exact ?? 0);
  const shown = useSignal({ cost: detail.cost, tokens });
  useEffect(() => {
    if (!has_prices || shown.peek().tokens === tokens) return;
    fetchCost(job.job_id).then((cost) => shown.value = { cost, tokens }, () => {});
  }, [tokens]);
  const { cost } = shown.value;
  if (!cost) return null;
  return (
    <p class="cost">
      <span class="figure">{formatAmount(cost)}</span>
      <span class="note">
        Cost of the exact tokens{job.sub_agent_tokens_exact ? ", sub-agents included" : ""}, by the
        prices of {cost.date} from {cost.source}
      </span>
    </p>
  );
}
