import assert from "node:assert/strict";
import { formatClock } from "../../islands/format.ts";
import { done_today } from "../../islands/done_today.ts";
import type { PageState } from "../../islands/page_state.ts";
import {
  agents,
  apply,
  connection,
  controller,
  job_detail,
  jobs,
  load,
  newer_version,
  screenOf,
  seq,
  stale,
  transcripts,
  waiting,
} from "../../islands/state.ts";
import type { AgentRow, JobRow, LiveMessage, WireEvent } from "../../server/wire.ts";

const DAY_START = 1_700_000_000_000;
const NOW = DAY_START + 3_600_000;
const NO_USAGE = { since_ts: DAY_START, agents: [], limits: [] };

function agent(name: string, more: Partial<AgentRow> = {}): AgentRow {
  return {
    agent: name,
    status: "idle",
    status_source: "title",
    status_ts: NOW,
    status_detail: null,
    status_code: null,
    status_conflict: null,
    last_seen: NOW,
    pane_id: "%1",
    window_name: "agents",
    session: "codexctl",
    model: null,
    job_id: null,
    thread_id: null,
    turn_id: null,
    effort: null,
    approval_policy: null,
    sandbox: null,
    context_tokens: null,
    context_kind: null,
    context_window: null,
    turn_tokens: null,
    turn_sub_agent_tokens: null,
    ...more,
  };
}

function job(job_id: string, more: Partial<JobRow> = {}): JobRow {
  return {
    job_id,
    agent: "fast",
    status: "running",
    started_ts: NOW,
    updated_ts: NOW,
    duration_ms: null,
    prompt_text: "hello",
    prompt_hash: null,
    prompt_bytes: 5,
    output_path: null,
    output_bytes: null,
    model: null,
    prompt_tokens_exact: null,
    completion_tokens_exact: null,
    total_tokens_exact: null,
    prompt_tokens_est: null,
    completion_tokens_est: null,
    total_tokens_est: null,
    dispatch_id: null,
    marker: null,
    pane_id: null,
    receipt: "queued",
    typed_ts: null,
    submitted_ts: null,
    turn_started_ts: null,
    finished_ts: null,
    status_source: null,
    status_detail: null,
    exit_code: null,
    thread_id: null,
    turn_id: null,
    cached_tokens_exact: null,
    reasoning_tokens_exact: null,
    compaction_tokens_exact: null,
    sub_agent_tokens_exact: null,
    shared_with: 0,
    estimate_method: null,
    effort: null,
    approval_policy: null,
    sandbox: null,
    ...more,
  };
}

function output(id: number, more: Partial<WireEvent> = {}): WireEvent {
  return {
    id,
    seq: id,
    ts: NOW + id,
    type: "controller_output",
    session: null,
    agent: "fast",
    pane_id: null,
    window_name: null,
    job_id: null,
    text: `line ${id}`,
    stream: "stdout",
    ...more,
  };
}

function start(more: Partial<PageState> = {}, snapshot: Partial<PageState["snapshot"]> = {}): void {
  load({
    page: "tower",
    server_version: "1",
    snapshot: {
      seq: 10,
      ts: NOW,
      agents: [],
      jobs: [],
      screens: [],
      controller: [],
      sources: [],
      usage: NO_USAGE,
      ...snapshot,
    },
    done_today: { since_ts: DAY_START, count: 3 },
    jobs_query: null,
    job_detail: null,
    job_work: null,
    thread_page: null,
    thread_detail: null,
    transcripts: [],
    doctor: null,
    problem: null,
    ...more,
  });
}

function snapshot(seq: number, more: Partial<LiveMessage & { type: "snapshot" }> = {}): void {
  apply({
    type: "snapshot",
    seq,
    ts: NOW,
    agents: [],
    jobs: [],
    screens: [],
    controller: [],
    sources: [],
    usage: NO_USAGE,
    ...more,
  });
}

function changes(seq: number, more: Partial<LiveMessage & { type: "changes" }> = {}): void {
  apply({ type: "changes", seq, events: [], agents: [], jobs: [], ...more });
}

function goLive(): void {
  snapshot(10);
  connection.value = "live";
}

const texts = () => controller.value.map((line) => line.text);

Deno.test("changes that are not newer are ignored", () => {
  start({}, { agents: [agent("fast")] });
  goLive();
  changes(11, { agents: [agent("fast", { status: "working" })], events: [output(11)] });
  changes(11, { agents: [agent("fast", { status: "error" })], events: [output(11)] });
  changes(9, { agents: [agent("fast", { status: "auth" })] });
  assert.equal(agents.value[0]?.status, "working");
  assert.deepEqual(texts(), ["line 11"]);
});

Deno.test("missed events and then the snapshot show every line once", () => {
  start({}, { seq: 2 });
  changes(4, { events: [output(3), output(4)] });
  snapshot(4, { controller: [output(1), output(2), output(3), output(4)] });
  changes(5, { events: [output(5)] });
  assert.deepEqual(texts(), ["line 1", "line 2", "line 3", "line 4", "line 5"]);
});

Deno.test("when events are missing for good, the timeline starts over without a hidden gap", () => {
  start({}, { seq: 2 });
  changes(3, { events: [output(3)] });
  snapshot(90, { controller: [output(89), output(90)] });
  assert.deepEqual(texts(), ["line 89", "line 90"]);
});

Deno.test("a snapshot of a new database replaces everything, though its seq is lower", () => {
  start({}, { agents: [agent("old")], jobs: [job("old")], seq: 500 });
  snapshot(3, { agents: [agent("new")], jobs: [job("new")] });
  assert.deepEqual(agents.value.map((row) => row.agent), ["new"]);
  assert.deepEqual(jobs.value.map((row) => row.job_id), ["new"]);
  assert.equal(seq.value, 3);
  connection.value = "live";
  changes(4, { agents: [agent("new", { status: "working" })] });
  assert.equal(agents.value[0]?.status, "working");
});

Deno.test("an agent or an open job that the snapshot does not have is gone", () => {
  start({}, { agents: [agent("gone"), agent("kept")], jobs: [job("lost", { updated_ts: 1 })] });
  snapshot(10, { agents: [agent("kept")], jobs: [job("kept")] });
  assert.deepEqual(agents.value.map((row) => row.agent), ["kept"]);
  assert.deepEqual(jobs.value.map((row) => row.job_id), ["kept"]);
});

Deno.test("pages with a list of their own ask again when rows changed unseen, and only then", () => {
  start();
  const before = stale.value;
  goLive();
  assert.equal(stale.value, before);
  changes(11, { jobs: [job("a")] });
  connection.value = "connecting";
  snapshot(11, { jobs: [job("a")] });
  assert.equal(stale.value, before);
  connection.value = "connecting";
  changes(12, { events: [output(12)] });
  snapshot(12, { jobs: [job("a")] });
  assert.equal(stale.value, before + 1);
});

Deno.test("jobs stand by the time they were sent, so a change moves no row", () => {
  start({}, {
    jobs: [job("new", { started_ts: NOW + 2 }), job("old", { started_ts: NOW + 1 })],
  });
  goLive();
  assert.deepEqual(jobs.value.length, 0);
  changes(11, {
    jobs: [job("old", { started_ts: NOW + 1 }), job("new", { started_ts: NOW + 2 })],
  });
  changes(12, { jobs: [job("old", { started_ts: NOW + 1, updated_ts: NOW + 99 })] });
  assert.deepEqual(jobs.value.map((row) => row.job_id), ["new", "old"]);
});

Deno.test("lists stay bounded, open jobs stay listed", () => {
  start();
  goLive();
  changes(11, { jobs: [job("open", { started_ts: 1 })] });
  for (let id = 12; id < 2_000; id++) {
    changes(id, {
      events: [output(id)],
      jobs: [job(`j${id}`, { status: "done", started_ts: id })],
    });
  }
  assert.ok(controller.value.length <= 500, `${controller.value.length} lines`);
  assert.equal(controller.value.at(-1)?.text, "line 1999");
  assert.ok(jobs.value.length <= 201, `${jobs.value.length} jobs`);
  assert.ok(jobs.value.some(({ job_id }) => job_id === "open"));
});

Deno.test("a page that was asked for more jobs keeps them", () => {
  const rows = Array.from({ length: 300 }, (_, n) => job(`j${n}`, { status: "done" }));
  start({ page: "jobs", jobs_query: { status: null, agent: null, limit: 400 } }, { jobs: rows });
  assert.equal(jobs.value.length, 300);
});

Deno.test("output of agents of any name is kept", () => {
  start({ page: "agents" });
  goLive();
  for (const [n, name] of ["constructor", "__proto__", "fast"].entries()) {
    changes(11 + n, { events: [output(11 + n, { agent: name, type: "pane_output" })] });
    assert.deepEqual(transcripts.value.get(name)?.map((line) => line.text), [`line ${11 + n}`]);
  }
});

Deno.test("a job's page takes the job's own lines, by id and by marker", () => {
  start({
    page: "job",
    job_detail: {
      job: job("mine", { marker: "theirs" }),
      lines: [],
      cut: false,
      cost: null,
      has_prices: false,
    },
  });
  goLive();
  changes(13, {
    events: [
      output(11, { type: "pane_output", job_id: "mine" }),
      output(12, { job_id: "other" }),
      output(13, { job_id: "theirs" }),
    ],
    jobs: [job("mine", { marker: "theirs", status: "done" })],
  });
  assert.deepEqual(job_detail.value?.lines.map((line) => line.text), ["line 11", "line 13"]);
  assert.equal(job_detail.value?.job.status, "done");
});

Deno.test("done today counts each job once and says when it cannot know", () => {
  start();
  goLive();
  assert.equal(done_today.value, "3");
  const done = job("a", { status: "done", finished_ts: NOW + 5, updated_ts: NOW + 5 });
  changes(11, { jobs: [done] });
  changes(12, { jobs: [done, job("before", { status: "done", finished_ts: NOW - 5 })] });
  assert.equal(done_today.value, "4");
  const later = { status: "error", updated_ts: NOW + 9_000_000 } as const;
  snapshot(99, { jobs: [job("later", later), job("open", { updated_ts: 1 })] });
  assert.equal(done_today.value, "4+");
  changes(100, { jobs: [job("b", { status: "done", finished_ts: DAY_START + 86_400_001 })] });
  assert.equal(done_today.value, "1");
});

Deno.test("an agent that is missing shows no screen and waits for a person", () => {
  const screen = { agent: "fast", pane_id: "%1", ts: 1, width: 9, height: 1, title: "", lines: [] };
  start({}, { agents: [agent("fast")], screens: [screen] });
  connection.value = "live";
  changes(11, { agents: [agent("fast", { status: "missing" })] });
  assert.equal(screenOf("fast").value, null);
  assert.deepEqual(waiting.value.map((row) => row.agent), ["fast"]);
});

Deno.test("a server of another version is named", () => {
  start();
  apply({ type: "hello", protocol_version: 1, server_version: "1" });
  assert.equal(newer_version.value, null);
  apply({ type: "hello", protocol_version: 1, server_version: "2" });
  assert.equal(newer_version.value, "2");
  assert.match(formatClock(NOW), /^\d\d:\d\d:\d\d$/);
});
