import assert from "node:assert/strict";
import type { RolloutEvent, TokenUsage, TurnItemEvent } from "../../../server/wire.ts";
import { readRollout, rolloutLines, rolloutNames } from "../../support/rollouts.ts";

function ofType<Type extends RolloutEvent["type"]>(events: readonly RolloutEvent[], type: Type) {
  return events.filter((event) => event.type === type) as Extract<RolloutEvent, { type: Type }>[];
}

function sum(usages: readonly TokenUsage[]): number {
  return usages.reduce((total, usage) => total + usage.total_tokens, 0);
}

const paginated = rolloutNames().filter((name) => name.startsWith("rollout-"));

assert.ok(paginated.length >= 13);

for (const name of paginated) {
  Deno.test(`${name}: tokens are the sum of its token_usage_records, each response once`, () => {
    const records = rolloutLines(name).map((line) => JSON.parse(line))
      .filter((line) => line.type === "token_usage_record");
    const usages = ofType(readRollout(rolloutLines(name)), "usage");
    assert.equal(usages.length, records.length);
    assert.equal(
      sum(usages),
      records.reduce((total, record) => total + record.payload.usage.total_tokens, 0),
    );
    assert.equal(new Set(usages.map((usage) => usage.response_id)).size, usages.length);
  });
}

const LEGACY: readonly (readonly [string, number])[] = [
  ["old-0.101.0-rollout-exec", 3265],
  ["old-0.101.0-rollout-error", 0],
  ["old-0.141.0-rollout-tui", 3265],
  ["old-0.141.0-rollout-error", 0],
];

for (const [name, total] of LEGACY) {
  Deno.test(`${name}: tokens are the increases of its running total`, () => {
    const events = readRollout(rolloutLines(name));
    assert.equal(ofType(events, "thread")[0]?.format, "legacy");
    assert.equal(sum(ofType(events, "usage")), total);
  });
}

Deno.test("a thread says what it is on its first line", () => {
  const [thread] = ofType(readRollout(rolloutLines("rollout-exec")), "thread");
  assert.equal(thread?.thread_id, "01a1fbca-309f-7c21-80c9-8783b834b8a2");
  assert.equal(thread?.format, "paginated");
  assert.equal(thread?.cwd, "/tmp/demo-repo");
  assert.equal(thread?.git_branch, "master");
  assert.equal(thread?.parent_thread_id, null);
});

Deno.test("a failed command keeps its text, output, exit code and duration", () => {
  const items = ofType(readRollout(rolloutLines("rollout-exec")), "turn_item");
  const command = items.find((item) => item.item === "command");
  assert.equal(command?.command, "ls; echo to-stderr >&2; exit 3");
  assert.equal(command?.cwd, "/tmp/demo-repo");
  assert.equal(command?.exit_code, 3);
  assert.equal(command?.output, "README.md\napp.py\nto-stderr\n");
  assert.equal(command?.duration_ms, 0);
  const change = items.find((item) => item.item === "file_change");
  assert.deepEqual(change?.changes, [
    { path: "/tmp/demo-repo/hello.txt", kind: "add", diff: "hello from the mock\n" },
  ]);
});

Deno.test("two prompts in one turn give two markers of the same turn", () => {
  const events = readRollout(rolloutLines("rollout-two-jobs-one-turn"));
  const users = ofType(events, "turn_item").filter((item) => item.item === "user");
  assert.equal(users.length, 2);
  assert.equal(users.flatMap((item) => item.markers).length, 2);
  assert.equal(new Set(users.map((item) => item.turn_id)).size, 1);
});

for (
  const [name, outcome, code] of [
    ["rollout-interrupted", "interrupted", null],
    ["rollout-denied", "interrupted", null],
    ["rollout-usage-limit", "error", "usage_limit_exceeded"],
    ["rollout-simple", "done", null],
    ["old-0.101.0-rollout-exec", "done", null],
  ] as const
) {
  Deno.test(`${name}: its last turn ended as ${outcome}`, () => {
    const end = ofType(readRollout(rolloutLines(name)), "turn_ended").at(-1);
    assert.equal(end?.outcome, outcome);
    assert.equal(end?.error_code, code);
  });
}

for (const name of ["rollout-killed", "rollout-approval-pending"]) {
  Deno.test(`${name}: its turn has no end`, () => {
    const events = readRollout(rolloutLines(name));
    assert.equal(ofType(events, "turn_started").length, 1);
    assert.equal(ofType(events, "turn_ended").length, 0);
  });
}

Deno.test("limits carry used percent, window and the time of the reset in milliseconds", () => {
  const [limits] = ofType(readRollout(rolloutLines("rollout-exec")), "limits");
  assert.deepEqual(limits?.primary, {
    used_percent: 12.5,
    window_minutes: 300,
    resets_ts: 1_900_000_000_000,
  });
  assert.equal(limits?.context_tokens, 1540);
  assert.equal(limits?.context_window, 258_400);
});

Deno.test("a queued prompt says so, and what Codex retained is no second prompt", () => {
  const events = readRollout(rolloutLines("rollout-queue-and-question"));
  const triggers = ofType(events, "turn_started").map((turn) => turn.trigger);
  assert.ok(triggers.includes("queue"));
  const users = ofType(events, "turn_item").filter((item) => item.item === "user");
  assert.equal(users.length, 7);
});

function meta(payload: Record<string, unknown>): string {
  return line("session_meta", { id: "child", ...payload }, 0);
}

function line(type: string, payload: Record<string, unknown>, ordinal?: number): string {
  return JSON.stringify({
    timestamp: "2026-11-21T01:48:28.868Z",
    ...(ordinal === undefined ? {} : { ordinal }),
    type,
    payload,
  });
}

const userItem = (text: string, ordinal: number) =>
  line("event_msg", {
    type: "item_completed",
    turn_id: "t",
    item: { type: "UserMessage", id: "u", content: [{ type: "text", text }] },
  }, ordinal);

Deno.test("the parent's history at the start of a sub-agent's file is not the sub-agent's", () => {
  const events = readRollout([
    meta({
      history_mode: "paginated",
      subagent_history_start_ordinal: 3,
      parent_thread_id: "parent",
    }),
    line("session_meta", { id: "parent", history_mode: "paginated" }, 1),
    userItem("[JOB:of-the-parent] copied", 2),
    userItem("[JOB:of-its-own] task", 3),
  ]);
  assert.equal(ofType(events, "thread").length, 1);
  assert.equal(events[0]?.thread_id, "child");
  const items: TurnItemEvent[] = ofType(events, "turn_item");
  assert.deepEqual(items.flatMap((item) => item.markers), ["of-its-own"]);
});

Deno.test("usage that names another thread is not this one's", () => {
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const events = readRollout([
    meta({ history_mode: "paginated" }),
    line("token_usage_record", { thread_id: "parent", response_id: "r1", usage }, 1),
    line("token_usage_record", { thread_id: "child", response_id: "r2", usage }, 2),
  ]);
  assert.deepEqual(ofType(events, "usage").map((event) => event.response_id), ["r2"]);
});

Deno.test("a legacy total that jumps to the window after a context error counts nothing", () => {
  const total = (input_tokens: number, total_tokens: number) =>
    line("event_msg", {
      type: "token_count",
      info: { total_token_usage: { input_tokens, output_tokens: 10, total_tokens } },
    });
  const events = readRollout([meta({}), total(100, 110), total(100, 110), total(100, 258_400)]);
  assert.equal(sum(ofType(events, "usage")), 110);
});

Deno.test("a legacy total above the window that a context error sets back counts nothing", () => {
  const total = (input_tokens: number, total_tokens: number) =>
    line("event_msg", {
      type: "token_count",
      info: { total_token_usage: { input_tokens, output_tokens: 0, total_tokens } },
    });
  const events = readRollout([
    meta({}),
    total(500_000, 500_000),
    total(0, 258_400),
    total(1_200, 259_600),
  ]);
  assert.equal(sum(ofType(events, "usage")), 501_200);
});

Deno.test("a compaction names the response that it took", () => {
  const events = readRollout(rolloutLines("rollout-compacted"));
  const [compacted, ...others] = ofType(events, "compacted");
  assert.deepEqual(others, []);
  const at = events.indexOf(compacted!);
  const asked = ofType(events.slice(0, at), "usage").at(-1);
  assert.ok(asked);
  assert.equal(compacted?.response_id, asked.response_id);
  // A sub-agent's file begins with a copy of its parent's compaction.
  assert.deepEqual(ofType(readRollout(rolloutLines("rollout-subagent-child")), "compacted"), []);
});

Deno.test("a legacy fork's first total is its parent's", () => {
  const total = (total_tokens: number) =>
    line("event_msg", {
      type: "token_count",
      info: {
        total_token_usage: { input_tokens: total_tokens - 10, output_tokens: 10, total_tokens },
      },
    });
  const events = readRollout([meta({ forked_from_id: "parent" }), total(3265), total(3365)]);
  assert.equal(sum(ofType(events, "usage")), 100);
});

Deno.test("unknown lines say nothing, a line that is no object throws", () => {
  const events = readRollout([
    meta({ history_mode: "paginated" }),
    line("realtime_item", { anything: [1] }, 1),
    line("event_msg", { type: "from_the_future" }, 2),
    line("event_msg", { type: "item_completed", item: { type: "Hologram" } }, 3),
    '{"type":"event_msg"}',
  ]);
  assert.deepEqual(events.map((event) => event.type), ["thread", "turn_item"]);
  assert.throws(() => readRollout(["[1]"]), SyntaxError);
  assert.throws(() => readRollout(['{"torn":']), SyntaxError);
});
