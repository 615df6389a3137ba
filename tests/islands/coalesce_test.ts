import assert from "node:assert/strict";
import { coalesce } from "../../islands/coalesce.ts";
import { retryUntil } from "../support/retry.ts";

Deno.test("many reasons during one run make one more, never two at a time", async () => {
  const gates: PromiseWithResolvers<void>[] = [];
  let busy = 0;
  let most_busy = 0;
  const ask = coalesce(async () => {
    most_busy = Math.max(most_busy, ++busy);
    gates.push(Promise.withResolvers());
    await gates.at(-1)!.promise;
    busy--;
  }, 1);
  for (let n = 0; n < 9; n++) ask();
  assert.equal(gates.length, 1);
  gates[0]!.resolve();
  await retryUntil("the second run", () => gates.length === 2);
  gates[1]!.resolve();
  await retryUntil("its end", () => busy === 0);
  await new Promise((done) => setTimeout(done, 5));
  assert.equal(gates.length, 2);
  ask();
  await retryUntil("a run of its own", () => gates.length === 3);
  gates[2]!.resolve();
  assert.equal(most_busy, 1);
  await new Promise((done) => setTimeout(done, 5));
});
