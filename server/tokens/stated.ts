/**
 * Token figures that output states itself. Nothing proves them: they are estimates whose method is
 * `stated`. Of several the last counts, as programs print what they have used so far.
 */
import type { EstimatedTokens } from "../wire.ts";

/** `total tokens: 1,234`, `completion tokens = 85`, `tokens used: 1,234`. */
const FIGURE =
  /\b(?:(prompt|input|completion|output|total) tokens|tokens used)\s{0,8}[:=]\s{0,8}(\d[\d,]{0,18})/gi;

/** Codex's own line on leaving, whose input is without what was cached (REC control-mode-approval). */
const CODEX_USAGE =
  /\bToken usage: total=\d[\d,]{0,18} input=(\d[\d,]{0,18})(?: \(\+ (\d[\d,]{0,18}) cached\))? output=(\d[\d,]{0,18})/g;

const KINDS: Readonly<Record<string, "input" | "output">> = {
  prompt: "input",
  input: "input",
  completion: "output",
  output: "output",
};

/** Sums are printed at the end; to look through more than this takes the server's thread too long. */
const TAIL_CHARS = 200_000;

/** The figures that a text states, or undefined when it states neither a total nor both its parts. */
export function readStated(said: string): EstimatedTokens | undefined {
  const text = said.slice(-TAIL_CHARS);
  const usage = [...text.matchAll(CODEX_USAGE)].at(-1);
  if (usage) {
    const [, input = "", cached = "0", output = ""] = usage;
    return sum(number(input) + number(cached), number(output));
  }
  const found: Partial<Record<"input" | "output" | "total", number>> = {};
  for (const [, word = "", digits = ""] of text.matchAll(FIGURE)) {
    const count = number(digits);
    if (Number.isSafeInteger(count)) found[KINDS[word.toLowerCase()] ?? "total"] = count;
  }
  const { input = null, output = null, total } = found;
  if (total !== undefined) {
    return { prompt_tokens_est: input, completion_tokens_est: output, total_tokens_est: total };
  }
  return input !== null && output !== null ? sum(input, output) : undefined;
}

function number(digits: string): number {
  return Number(digits.replaceAll(",", ""));
}

/** Undefined for figures that no program can have meant. */
function sum(input: number, output: number): EstimatedTokens | undefined {
  const total = input + output;
  if (!Number.isSafeInteger(total)) return undefined;
  return { prompt_tokens_est: input, completion_tokens_est: output, total_tokens_est: total };
}
