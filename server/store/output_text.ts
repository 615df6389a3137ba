/** What output says in words that mean something by rule: token figures. */
import type { TokenFields } from "../wire.ts";

const TOKENS = /\b(prompt|completion|total) tokens\s{0,8}[:=]\s{0,8}(\d[\d,]{0,18})/gi;

/** Figures that the text states as exact (`total tokens: 1,234`), or undefined when it states none. */
export function readTokens(text: string): Partial<TokenFields> | undefined {
  if (!/tokens/i.test(text)) return undefined;
  const found: Partial<TokenFields> = {};
  for (const [, kind, digits] of text.matchAll(TOKENS)) {
    const count = Number(digits!.replaceAll(",", ""));
    if (!Number.isSafeInteger(count)) continue;
    found[`${kind!.toLowerCase() as "prompt" | "completion" | "total"}_tokens_exact`] = count;
  }
  return Object.keys(found).length ? found : undefined;
}
