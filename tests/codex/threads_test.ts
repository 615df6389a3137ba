/** Which thread an agent runs, as Codex resumes, forks and starts anew in the same panes. */
import assert from "node:assert/strict";
import type { ThreadRow } from "../../server/wire.ts";
import { USAGE } from "./scenarios.ts";
import { Tower } from "./tower.ts";
import { assertRebuilds, assertServed, asWire, ended, get, threadPage } from "./truth.ts";

const PLAIN = asWire(USAGE.plain);

Deno.test("a resumed thread goes on in its file: nothing is counted or told twice", async () => {
  await using tower = await Tower.start();
  await tower.send("job-one", "fast", "mock:plain one");
  const one = await ended(tower, "job-one", "done");
  const { thread } = await threadPage(tower, one.thread_id);
  await tower.restart("fast", ["resume", thread.thread_id]);
  await tower.world.seeOnScreen(tower.pane("fast"), /mock:plain one/);
  await tower.send("job-two", "fast", "mock:plain two");
  const two = await ended(tower, "job-two", "done");
  assert.equal(two.thread_id, one.thread_id);
  await assertServed(tower);
  const resumed = await threadPage(tower, one.thread_id);
  assert.equal(resumed.thread.rollout, thread.rollout, "the same file");
  assert.equal(resumed.thread.agent, "fast");
  assert.deepEqual(resumed.turns.map(({ job_ids }) => job_ids), [["job-one"], ["job-two"]]);
  assert.equal(tower.live.jobs.get("job-one")?.finished_ts, one.finished_ts);
  assert.deepEqual(tower.live.faults, []);
});

Deno.test("a fork is a thread of its own, without its parent's tokens", async () => {
  await using tower = await Tower.start();
  await tower.send("job-one", "fast", "mock:plain one");
  const one = await ended(tower, "job-one", "done");
  await tower.restart("fast", ["fork", one.thread_id!]);
  await tower.world.seeOnScreen(tower.pane("fast"), /mock:plain one/);
  await tower.send("job-two", "fast", "mock:plain two");
  const two = await ended(tower, "job-two", "done");
  assert.notEqual(two.thread_id, one.thread_id);
  await assertServed(tower);
  const fork = await threadPage(tower, two.thread_id);
  assert.equal(fork.thread.forked_from_id, one.thread_id);
  assert.equal(fork.thread.agent, "fast");
  assert.partialDeepStrictEqual(fork.thread, PLAIN);
  assert.deepEqual(fork.turns.flatMap(({ job_ids }) => job_ids), ["job-two"]);
  assert.equal(tower.live.jobs.get("job-one")?.total_tokens_exact, PLAIN.total_tokens);
});

Deno.test("after /new the pane runs another thread, and the agent's state follows it", async () => {
  await using tower = await Tower.start();
  await tower.send("job-one", "fast", "mock:plain one");
  const one = await ended(tower, "job-one", "done");
  await tower.world.command(tower.pane("fast"), "/new");
  await tower.world.seeOnScreen(tower.pane("fast"), /^(?![^]*mock:plain one)/);
  // Without a marker: only the pane itself tells whose thread it is.
  const sent = await tower.run([
    ...["send", "fast", "--nojob", "--wait", "0", "--", "mock:hold=it two"],
  ]);
  assert.equal(sent.code, 0, sent.stderr);
  const mapped = await tower.live.until(
    "the new thread's agent",
    () =>
      tower.live.events.find((event) =>
        event.type === "thread_mapped" && event["thread_id"] !== one.thread_id
      ),
  );
  assert.deepEqual([mapped.agent, mapped["via"]], ["fast", "lock"]);
  await tower.live.until("work in the new thread", () => {
    const row = tower.live.agents.get("fast");
    return row?.status === "working" && row.status_conflict === null;
  });
  tower.world.model.release("it");
  await tower.agentIs("fast", "idle");
  await assertServed(tower);
  const threads = await get<ThreadRow[]>(tower, "/api/threads?agent=fast");
  assert.deepEqual(threads.map(({ preview }) => preview), [
    "mock:hold=it two",
    "[JOB:job-one] mock:plain one",
  ]);
  assert.deepEqual(threads.map(({ total_tokens }) => total_tokens), [
    PLAIN.total_tokens,
    PLAIN.total_tokens,
  ]);
});

Deno.test("a thread that is resumed in another pane is that agent's from then on", async () => {
  await using tower = await Tower.start(["fast", "deep"]);
  await tower.send("job-one", "fast", "mock:plain one");
  const one = await ended(tower, "job-one", "done");
  await tower.restart("fast");
  await tower.restart("deep", ["resume", one.thread_id!]);
  await tower.world.seeOnScreen(tower.pane("deep"), /mock:plain one/);
  await tower.send("job-two", "deep", "mock:hold=it two");
  await tower.live.until("deep's work, as its session file says", () => {
    const row = tower.live.agents.get("deep");
    return row?.status === "working" && row.status_conflict === null && row.model !== null;
  });
  const fast = tower.live.agents.get("fast");
  assert.deepEqual([fast?.status, fast?.status_conflict], ["idle", null]);
  tower.world.model.release("it");
  const two = await ended(tower, "job-two", "done");
  assert.deepEqual([two.agent, two.thread_id], ["deep", one.thread_id]);
  await tower.agentIs("deep", "idle");
  assert.equal((await threadPage(tower, one.thread_id)).thread.agent, "deep");
  assert.equal(tower.live.agents.get("fast")?.status, "idle");
  await assertServed(tower);
  await assertRebuilds(tower);
});
