import assert from "node:assert/strict";
import { readStated } from "../../../server/tokens/stated.ts";

const stated = (input: number | null, output: number | null, total: number) => ({
  prompt_tokens_est: input,
  completion_tokens_est: output,
  total_tokens_est: total,
});

for (
  const [text, expected] of [
    ["prompt tokens: 1,200 completion tokens = 85\ntotal tokens: 1285", stated(1200, 85, 1285)],
    ["input tokens: 7\noutput tokens: 3", stated(7, 3, 10)],
    ["Total tokens = 12", stated(null, null, 12)],
    ["tokens used: 1,234", stated(null, null, 1234)],
    ["total tokens: 5\nmore\ntotal tokens: 9", stated(null, null, 9)],
    // REC control-mode-approval: cached input stands beside the input, and is input.
    [
      "Token usage: total=665 input=600 (+ 2,600 cached) output=65 (reasoning 16)",
      stated(3200, 65, 3265),
    ],
    ["Token usage: total=285 input=200 output=85", stated(200, 85, 285)],
    ["prompt tokens: 12", undefined],
    ["it used 1,234 tokens", undefined],
    ["total tokens: 99999999999999999999", undefined],
    ["Token usage: total=1 input=9999999999999999999 output=1", undefined],
    ["input tokens: 9007199254740991 output tokens: 9007199254740991", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`figures stated in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(readStated(text), expected);
  });
}
