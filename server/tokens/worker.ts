/**
 * The tokenizer's thread: loading it takes 0.7 s and 200 MB, which nothing else should pay for. One
 * request at a time: `CountRequest` in, `CountAnswer` out. The tokenizer is loaded when there is
 * something to count.
 */
import type { CountAnswer, CountRequest } from "./protocol.ts";
import { TokenCounter } from "./count.ts";
import { cleanLines } from "./pieces.ts";

/** A job's output and prompt may not take longer; what is left is extrapolated. */
const OUTPUT_BUDGET_MS = 800;
const PROMPT_BUDGET_MS = 200;

let loading: Promise<TokenCounter> | undefined;

/** Text that looks like a special token is text. */
async function load(): Promise<TokenCounter> {
  const [{ Tiktoken }, { default: ranks }] = await Promise.all([
    import("js-tiktoken/lite"),
    import("js-tiktoken/ranks/o200k_base"),
  ]);
  const tokenizer = new Tiktoken(ranks);
  return new TokenCounter((piece) => tokenizer.encode(piece, [], []).length);
}

async function count(text: string, budget_ms: number): Promise<number> {
  if (cleanLines(text)[Symbol.iterator]().next().done) return 0;
  loading ??= load();
  return (await loading).count(text, { budget_ms });
}

async function answer({ prompt, output }: CountRequest): Promise<CountAnswer> {
  try {
    const prompt_tokens = await count(prompt, PROMPT_BUDGET_MS);
    const output_tokens = await count(output, OUTPUT_BUDGET_MS);
    return { ok: true, prompt_tokens, output_tokens };
  } catch (error) {
    return { ok: false, cause: error instanceof Error ? error.message : String(error) };
  }
}

self.addEventListener("message", async ({ data }: MessageEvent<CountRequest>) => {
  self.postMessage(await answer(data));
});
