/** Costs in words. */
import type { Cost } from "../server/wire.ts";

/** `0.0123 USD`; what is less than its last digit is `<0.0001 USD`. */
export function amount({ amount, currency }: Pick<Cost, "amount" | "currency">): string {
  if (amount > 0 && amount < 0.0001) return `<0.0001 ${currency}`;
  const options = { minimumFractionDigits: 2, maximumFractionDigits: 4 };
  return `${amount.toLocaleString("en-US", options)} ${currency}`;
}
