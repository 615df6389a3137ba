import assert from "node:assert/strict";
import { chooseAgent } from "../../../server/dispatch/route_rule.ts";
import { pickTargets } from "../../../server/dispatch/targets.ts";

const AGENTS = [
  { agent: "fast", index: 1, pane_id: "%4" },
  { agent: "test", index: 3, pane_id: "%7" },
  { agent: "2", index: 4, pane_id: "%8" },
];

function names(...targets: string[]): string[] {
  return pickTargets(targets, AGENTS).map(({ agent }) => agent);
}

Deno.test("a target is a name, an index, a pane, or all of them", () => {
  assert.deepEqual(names("fast"), ["fast"]);
  assert.deepEqual(names("@test"), ["test"]);
  assert.deepEqual(names("@3"), ["test"]);
  assert.deepEqual(names("%7"), ["test"]);
  assert.deepEqual(names("all"), ["fast", "test", "2"]);
  assert.deepEqual(names("test", "@fast", "%7", "all"), ["test", "fast", "2"]);
});

Deno.test("an index counts the names, also of agents without a pane, and a name comes first", () => {
  assert.throws(() => names("@5"), /no such agent/);
  assert.deepEqual(names("@2"), ["2"]);
  assert.throws(() => names("3"), /no such agent/);
});

Deno.test("an unknown target is refused with those that there are", () => {
  for (const target of ["nobody", "%1", "@0", "", "@", "%"]) {
    assert.throws(
      () => names(target),
      (error: Error & { code?: string }) =>
        error.code === "not_found" && error.message.includes("fast (@1, %4), test (@3, %7)"),
      target,
    );
  }
  assert.throws(() => pickTargets(["all"], []), /no agent runs; start some with codexdash up/);
});

Deno.test("route picks by words, then by length", () => {
  const all = ["fast", "deep", "test", "sec"];
  const pick = (prompt: string, agents = all) => chooseAgent(prompt, agents).agent;
  assert.equal(pick("Write unit tests for parse.js"), "test");
  assert.equal(pick("Security review: secrets & injection risks in this repo"), "sec");
  assert.equal(pick("Design an architecture for the new feature"), "deep");
  assert.equal(pick("rename the variable"), "fast");
  assert.equal(pick("the latest contest entry"), "fast", "a word inside another is none");
  assert.equal(pick("word ".repeat(100)), "deep");
  assert.equal(pick("write tests", ["fast", "deep"]), "fast", "who is not there is not picked");
  assert.equal(pick("anything", ["alpha", "beta"]), "alpha");
});
