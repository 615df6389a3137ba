import assert from "node:assert/strict";
import { setLogLevel } from "../../../server/log.ts";
import { Estimator, type EstimatorOptions } from "../../../server/tokens/estimate.ts";
import { retryUntil } from "../../support/retry.ts";

setLogLevel("silent");

/** Loading takes seconds while other tests run. */
const PATIENT: EstimatorOptions = { late_ms: 120_000 };

const request = (prompt: string | null, output: string) => ({
  prompt,
  prompt_bytes: null,
  output,
  output_chars: output.length,
});

const module = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

Deno.test("the tokenizer counts prompt and output in a worker, which ends when idle", async () => {
  const estimator = new Estimator({ ...PATIENT, idle_ms: 100 });
  assert.equal(estimator.running, false);
  const first = estimator.estimate(request("hello world", "one two three\nfour"));
  const second = estimator.estimate(request("hello world", "─".repeat(1_000_000)));
  assert.deepEqual(await first, {
    prompt_tokens_est: 3,
    completion_tokens_est: 5 + 1,
    total_tokens_est: 9,
    method: "tiktoken",
  });
  assert.equal((await second).completion_tokens_est, 0, "a rule is no output");
  await retryUntil("the end of the worker", () => !estimator.running, 60_000);
  const again = await estimator.estimate(request("hello world", ""));
  assert.deepEqual([again.method, again.total_tokens_est], ["tiktoken", 3], "it is started again");
  estimator.stop();
});

Deno.test("figures that the output states need no worker", async () => {
  const estimator = new Estimator({ worker: "data:text/javascript,broken(" });
  assert.deepEqual(await estimator.estimate(request("hello", "total tokens: 1,234")), {
    prompt_tokens_est: null,
    completion_tokens_est: null,
    total_tokens_est: 1234,
    method: "stated",
  });
  assert.equal(estimator.running, false);
});

Deno.test("of a long output the part that was not read is taken to be like the rest", async () => {
  const estimator = new Estimator(PATIENT);
  const output = "one two three four\n".repeat(100);
  const whole = await estimator.estimate(request(null, output));
  const tenth = await estimator.estimate({
    ...request(null, output),
    output_chars: output.length * 10,
  });
  assert.equal(tenth.completion_tokens_est, whole.completion_tokens_est! * 10);
  estimator.stop();
});

for (
  const [what, worker, late_ms] of [
    ["cannot be loaded", "file:///nowhere/worker.ts", 60_000],
    ["throws", module("self.onmessage = () => { throw new Error('no') }"), 60_000],
    ["says no", module("self.onmessage = () => self.postMessage({ ok: false })"), 60_000],
    ["counts nothing", module("self.onmessage = () => self.postMessage({ ok: true })"), 60_000],
    ["never answers", module("self.onmessage = () => {}"), 200],
    ["never stops working", module("self.onmessage = () => { for (;;); }"), 200],
  ] as const
) {
  Deno.test(`a worker that ${what}: a quarter of the characters`, async () => {
    const estimator = new Estimator({ worker, late_ms });
    const estimate = await estimator.estimate({ ...request(null, "12345"), prompt_bytes: 9 });
    assert.deepEqual(estimate, {
      prompt_tokens_est: 3,
      completion_tokens_est: 2,
      total_tokens_est: 5,
      method: "chars",
    });
    assert.equal(estimator.running, false);
  });
}

Deno.test("stopping ends what waits for the worker", async () => {
  const estimator = new Estimator({ worker: module("self.onmessage = () => {}"), ...PATIENT });
  const waits = [estimator.estimate(request("hello", "")), estimator.estimate(request("you", ""))];
  await retryUntil("a worker", () => estimator.running);
  estimator.stop();
  assert.deepEqual((await Promise.all(waits)).map(({ method }) => method), ["chars", "chars"]);
  assert.equal(estimator.running, false);
});
