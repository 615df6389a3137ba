/** The price list, where there is one: whether it can be used, and what it says of itself. */
import { Prices } from "../tokens/prices.ts";
import { type Findings, ok, type Visit } from "./visit.ts";

/** Without a price list there is nothing to say: costs are an option. */
export function checkPrices({ config }: Visit): Findings {
  const { list, problem } = new Prices(config.prices).read();
  if (problem) {
    return {
      findings: [{
        id: "prices_unusable",
        severity: "warning",
        title: "The price list cannot be used",
        detail: `${config.prices}: ${problem}; no costs are shown`,
        remedy: `Edit or remove ${config.prices}; the README shows what it may hold`,
      }],
    };
  }
  if (!list) return { findings: [] };
  const { models, currency, source, date } = list;
  const detail = `${models.size} models in ${currency}, by ${source} of ${date}`;
  return { findings: [ok("prices", "Costs are worked out by a price list", detail)] };
}
