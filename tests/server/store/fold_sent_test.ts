/** Prompts that codexctl typed under ids of its own: whose they are, whoever tells first. */
import assert from "node:assert/strict";
import { rebuild } from "../../../server/store/commit.ts";
import { findJob, listJobs } from "../../../server/store/jobs.ts";
import type { EventPayload, JobRow, RolloutEvent } from "../../../server/wire.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

const EVENTS = readRollout(rolloutLines("rollout-approval-pending"), "test");
const [MARKER = ""] = markersOf(EVENTS);
const ITEM = EVENTS.find((event) => event.type === "turn_item" && event.item === "user");
const PROMPT = (ITEM as { text: string }).text.replace(`[JOB:${MARKER}]`, "").trim();
const { thread_id } = EVENTS[0]!;
const TS = ITEM!.ts;

/** One prompt to several agents, as the mirror of codexctl tells of it. */
function dispatch(...agents: string[]): EventPayload {
  return {
    type: "dispatch",
    ts: TS - 2_000,
    dispatch_id: "sent",
    jobs: agents.map((agent, index) => ({
      job_id: `job-${agent}`,
      agent,
      pane_id: `%${index + 1}`,
    })),
    driver: "codexctl",
    prompt_text: PROMPT,
    prompt_hash: null,
    prompt_bytes: null,
  };
}

const mapped = (agent: string, index: number): EventPayload => ({
  type: "agent_mapped",
  ts: TS - 10_000,
  agent,
  pane_id: `%${index + 1}`,
  window_name: agent,
  session: "codexctl",
});

/** The jobs that there are, each with its marker and turn. */
function ties(test: TestStore): string[] {
  const tie = ({ job_id, marker, turn_id }: JobRow) =>
    `${job_id} ${marker === MARKER} ${turn_id !== null}`;
  return listJobs(test.store, { limit: 100, status: undefined, agent: undefined }).map(tie).sort();
}

function agentOfThread(test: TestStore): string | null {
  const select = "SELECT agent FROM threads WHERE thread_id = ?";
  return test.store.get<{ agent: string | null }>(select, thread_id)!.agent;
}

/** A world of two agents, and that a rebuild gives the same. */
function world(...events: EventPayload[]): TestStore {
  const test = new TestStore();
  test.commit(mapped("fast", 0), mapped("deep", 1), ...events);
  const before = test.dump();
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
  return test;
}

Deno.test("a prompt in a session file is that of the one job that it was sent for", () => {
  using test = world(dispatch("deep"), ...EVENTS);
  assert.deepEqual(ties(test), ["job-deep true true"]);
  assert.equal(agentOfThread(test), "deep");
  const job = findJob(test.store, MARKER)!;
  assert.deepEqual([job.status, job.status_source], ["running", "rollout"]);
});

Deno.test("another prompt, or one long ago, is not taken for it", () => {
  for (const change of [{ prompt_text: `${PROMPT} and more` }, { ts: TS - 3_600_000 }]) {
    using test = world({ ...dispatch("deep"), ...change } as EventPayload, ...EVENTS);
    assert.deepEqual(ties(test), ["job-deep false false", `${MARKER} false true`].sort());
    assert.equal(agentOfThread(test), null);
  }
});

const TELLERS: Record<string, EventPayload> = {
  "its pane's process": {
    type: "thread_mapped",
    ts: TS + 50,
    thread_id,
    agent: "deep",
    pane_id: "%2",
    via: "lock",
  },
  "its screen": {
    type: "marker_seen",
    ts: TS + 50,
    agent: "deep",
    pane_id: "%2",
    marker: MARKER,
    text: PROMPT,
  },
  "codexctl's output": {
    type: "controller_output",
    ts: TS + 50,
    dispatch_id: "sent",
    text: `=== %2 JOB:${MARKER} ===`,
    stream: "stdout",
  },
};

for (const [teller, event] of Object.entries(TELLERS)) {
  Deno.test(`of several jobs with one prompt, ${teller} tells which, before or after`, () => {
    const late = event.type === "thread_mapped" ? EVENTS.length : 0;
    for (const at of [late, EVENTS.indexOf(ITEM as RolloutEvent) + 1, EVENTS.length]) {
      const events: EventPayload[] = [...EVENTS.slice(0, at), event, ...EVENTS.slice(at)];
      using test = world(dispatch("fast", "deep"), ...events);
      assert.deepEqual(ties(test), ["job-deep true true", "job-fast false false"]);
      assert.equal(agentOfThread(test), "deep");
      assert.equal(findJob(test.store, "job-deep")?.status, "running");
    }
  });
}

Deno.test("of several jobs with one prompt none is guessed", () => {
  using test = world(dispatch("fast", "deep"), ...EVENTS);
  assert.deepEqual(ties(test), ["job-deep false false", "job-fast false false"]);
  assert.equal(agentOfThread(test), null);
});
