/** How turns fail: the agent's status, its job and its turn have Codex's own words and code. */
import assert from "node:assert/strict";
import type { AgentStatus } from "../../server/wire.ts";
import { Tower } from "./tower.ts";
import { assertRebuilds, assertServed, ended, threadPage } from "./truth.ts";

const FAILURES: readonly [word: string, status: AgentStatus, code: string, words: RegExp][] = [
  ["500", "error", "internal_server_error", /high demand/],
  ["429", "error", "response_too_many_failed_attempts 429", /exceeded retry limit/],
  ["401", "auth", "http_connection_failed 401", /Incorrect API key provided/],
  ["ctx", "error", "context_window_exceeded", /ran out of room/],
  ["drop", "error", "other", /stream disconnected/],
];

Deno.test("a failed turn is named with Codex's message and code, and is over with the next", async () => {
  await using tower = await Tower.start();
  for (const [word, status, code, words] of FAILURES) {
    const id = `job-${word}`;
    const sent = await tower.send(id, "fast", `mock:${word} please`);
    assert.equal(sent.code, 0, sent.stderr);
    const job = await ended(tower, id, "error");
    assert.match(job.status_detail ?? "", words);
    const agent = await tower.live.until(`${status} with its code after ${word}`, () => {
      const row = tower.live.agents.get("fast");
      return row?.status === status && row.status_code === code && !row.status_conflict && row;
    });
    assert.match(agent.status_detail ?? "", words);
    const { turns } = await threadPage(tower, job.thread_id);
    const turn = turns.find(({ turn_id }) => turn_id === job.turn_id);
    assert.deepEqual([turn?.status, turn?.error_code], ["error", code]);
    assert.match(turn?.error_message ?? "", words);
  }
  await tower.send("job-good", "fast", "mock:plain after all that");
  await ended(tower, "job-good", "done");
  const agent = await tower.agentIs("fast", "idle");
  assert.deepEqual([agent.status_code, agent.status_detail], [null, null]);
  await assertServed(tower);
  assert.deepEqual(tower.live.faults, []);
});

Deno.test("at the usage limit the open dialog is named, and after it the limit itself", async () => {
  await using tower = await Tower.start();
  await tower.send("job-limit", "fast", "mock:usagelimit please");
  const job = await ended(tower, "job-limit", "error");
  assert.match(job.status_detail ?? "", /hit your usage limit/);
  const shown = await tower.live.until("the dialog", () => {
    const row = tower.live.agents.get("fast");
    return row?.status_code === "usage_limit" && row;
  });
  assert.equal(shown.status, "error");
  assert.match(shown.status_detail ?? "", /hit your usage limit/);
  const sent = await tower.send("job-1-2-3", "fast", "mock:plain 1 2 3");
  assert.notEqual(sent.code, 0);
  assert.match(sent.stderr, /it is at the usage limit and offers another model/);

  // Codex then reports "idle", which is no reason to forget the error.
  await tower.world.answer(tower.pane("fast"), /Approaching rate limits/, "Escape");
  await tower.live.until("the limit's own code", () => {
    const row = tower.live.agents.get("fast");
    return row?.status === "error" && row.status_code === "usage_limit_exceeded";
  });
  await tower.send("job-good", "fast", "mock:plain again");
  await ended(tower, "job-good", "done");
  await tower.agentIs("fast", "idle");
  await assertServed(tower);
  await assertRebuilds(tower);
});
