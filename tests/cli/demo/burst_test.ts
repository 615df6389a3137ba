import assert from "node:assert/strict";
import { Burst } from "../../../cli/demo/burst.ts";

function typed(...times: number[]): Burst {
  const burst = new Burst();
  for (const time of times) burst.typed(time);
  return burst;
}

Deno.test("an Enter right behind fast keys is theirs, a later one is not", () => {
  assert.equal(typed(0, 1, 2, 3).takesEnter(50), true);
  assert.equal(typed(0, 1, 2, 3).takesEnter(300), false);
});

Deno.test("an Enter behind keys of a person submits", () => {
  assert.equal(typed(0, 90, 180, 270).takesEnter(300), false);
  assert.equal(typed(0, 1).takesEnter(2), false);
  assert.equal(new Burst().takesEnter(0), false);
});
