import assert from "node:assert/strict";
import { listJobEvents } from "../../../server/store/events.ts";
import { readSnapshot } from "../../../server/store/snapshot.ts";
import type { EventPayload } from "../../../server/wire.ts";
import { TestStore } from "../../support/store.ts";

function dispatch(job_id: string, ts: number): EventPayload {
  return {
    type: "dispatch",
    ts,
    job_id,
    dispatch_id: job_id,
    jobs: [{ job_id, agent: "fast", pane_id: "%1" }],
    prompt_text: "hello",
    prompt_hash: null,
    prompt_bytes: 5,
    driver: "builtin",
  };
}

Deno.test("a snapshot holds the newest jobs and every open one, each once", () => {
  using base = new TestStore();
  base.commit(dispatch("open", 1));
  for (let n = 0; n < 80; n++) {
    const job_id = `j${n}`;
    const ts = 100 + n;
    base.commit(dispatch(job_id, ts), { type: "dispatch_done", ts, job_id, exit_code: 1 });
  }
  base.commit(dispatch("new", 1_000));
  const ids = readSnapshot(base.store).jobs.map(({ job_id }) => job_id);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(ids.length, 51);
  assert.ok(ids.includes("open") && ids.includes("new") && ids.includes("j79"));
  assert.ok(!ids.includes("j0"));
});

Deno.test("of a job's events the oldest or the newest are given, in order both times", () => {
  using base = new TestStore();
  base.commit(dispatch("a", 1));
  for (let n = 0; n < 9; n++) {
    base.commit({ type: "controller_output", ts: 5, job_id: "a", text: `${n}`, stream: "stdout" });
  }
  const texts = (newest: boolean) =>
    listJobEvents(base.store, { job_id: "a", marker: null }, { limit: 3, newest })
      .map(({ type, text }) => text ?? type);
  assert.deepEqual(texts(false), ["dispatch", "0", "1"]);
  assert.deepEqual(texts(true), ["6", "7", "8"]);
});
