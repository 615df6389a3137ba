import assert from "node:assert/strict";
import { hookEvent } from "../../../server/dispatch/hook_event.ts";
import { listAgents } from "../../../server/store/agents.ts";
import { rebuild } from "../../../server/store/commit.ts";
import type { AgentRow, EventPayload, HookEvent } from "../../../server/wire.ts";
import { type RecordedHook, recordedHooks } from "../../support/hooks.ts";
import { TestStore } from "../../support/store.ts";

const START = 1_795_000_000_000;

function mapped(agent: string, pane_id: string): EventPayload {
  return {
    type: "agent_mapped",
    ts: START,
    agent,
    pane_id,
    window_name: agent,
    session: "codexctl",
  };
}

function thread(thread_id: string, parent_thread_id: string | null = null): EventPayload {
  return {
    type: "thread",
    ts: START,
    thread_id,
    root_thread_id: parent_thread_id ?? thread_id,
    parent_thread_id,
    forked_from_id: null,
    agent_nickname: null,
    agent_path: null,
    cwd: null,
    originator: null,
    cli_version: null,
    git_branch: null,
    format: "paginated",
    rollout: "/nowhere",
  };
}

function runs(thread_id: string, agent: string, pane_id: string): EventPayload {
  return { type: "thread_mapped", ts: START, thread_id, agent, pane_id, via: "lock" };
}

/** As `codexdash hook` writes it; the pane only where it is certain. */
function written({ ts, payload, env }: RecordedHook, certain: boolean): HookEvent {
  const pane_id = certain ? env.TMUX_PANE : null;
  const event = hookEvent(JSON.stringify(payload), { ts, pane_id });
  assert.equal(event.type, "hook");
  return event as HookEvent;
}

const agentOf = (test: TestStore, name: string): AgentRow =>
  listAgents(test.store).find(({ agent }) => agent === name)!;

const says = ({ status, status_source, status_detail }: AgentRow) =>
  [status_source, status, ...(status_detail === null ? [] : [status_detail])].join(" ");

/** What the hook tier says after each recorded hook of the agent in `pane_id`. */
function storyOf(pane_id: string): string[] {
  using test = new TestStore();
  test.commit(mapped("fast", pane_id));
  return recordedHooks("hooks-nodaemon").filter(({ env }) => env.TMUX_PANE === pane_id)
    .map((hook) => {
      test.commit(written(hook, true));
      return `${hook.payload["hook_event_name"]}: ${says(agentOf(test, "fast"))}`;
    });
}

Deno.test("hooks of a plain turn say working, then idle", () => {
  assert.deepEqual(storyOf("%1").slice(0, 5), [
    "SessionStart:  unknown",
    "UserPromptSubmit: hook working",
    "PreModelRequest: hook working",
    "PostModelRequest: hook working",
    "Stop: hook idle",
  ]);
});

Deno.test("the hook of an approval says what is asked for, until the tool has run", () => {
  const story = storyOf("%3");
  const at = story.findIndex((line) => line.startsWith("PermissionRequest"));
  assert.equal(
    story[at],
    "PermissionRequest: hook approval touch /tmp/demo-repo/approved.txt",
  );
  assert.equal(story[at + 1], "PostToolUse: hook working");
});

Deno.test("hooks of a failed request say error with Codex's words, of an interrupted turn idle", () => {
  const failed = storyOf("%6").find((line) => line.startsWith("PostModelRequest: hook error"));
  assert.match(failed ?? "", /hook error We’re currently experiencing high demand/);
  const interrupted = storyOf("%4").find((line) => line.startsWith("Interrupt"));
  assert.equal(interrupted, "Interrupt: hook idle");
});

Deno.test("in daemon mode hooks speak for the agent of their thread, whatever pane they saw", () => {
  using test = new TestStore();
  const hooks = recordedHooks("hooks-daemon");
  assert.deepEqual([...new Set(hooks.map(({ env }) => env.TMUX_PANE))], ["%1"]);
  const asks = hooks.find(({ payload }) => payload["hook_event_name"] === "PermissionRequest")!;
  const thread_id = String(asks.payload["session_id"]);
  test.commit(mapped("fast", "%1"), mapped("deep", "%2"), thread(thread_id));
  test.commit(runs(thread_id, "deep", "%2"));
  for (const hook of hooks) test.commit(written(hook, false));
  assert.equal(says(agentOf(test, "fast")), " unknown");
  const last = { ...written(asks, false), ts: hooks.at(-1)!.ts + 1 };
  test.commit(last);
  assert.match(says(agentOf(test, "deep")), /^hook approval touch /);
});

Deno.test("notify speaks for known threads only: hidden ones write titles in the same pane", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%1"));
  const calls = recordedHooks("notify");
  const is_hidden = ({ payload }: RecordedHook) =>
    String(payload["input-messages"]).includes("task title");
  assert.ok(calls.some(is_hidden));
  for (const call of calls) test.commit(written(call, true));
  assert.equal(says(agentOf(test, "fast")), " unknown");
  const own = calls.find((call) => !is_hidden(call))!;
  const thread_id = String(own.payload["thread-id"]);
  test.commit(thread(thread_id), runs(thread_id, "fast", "%1"), written(own, false));
  assert.equal(says(agentOf(test, "fast")), "hook idle");
});

Deno.test("a sub-agent's hooks speak for nobody", () => {
  using test = new TestStore();
  test.commit(mapped("fast", "%9"));
  const hooks = recordedHooks("hooks-nodaemon").filter(({ payload }) => payload["agent_id"]);
  assert.ok(hooks.length >= 3);
  for (const hook of hooks) test.commit(written(hook, true));
  assert.equal(says(agentOf(test, "fast")), " unknown");
});

Deno.test("hooks are overruled by title and session file, and an older one contradicts neither", () => {
  using test = new TestStore();
  const head = { thread_id: "t", sub_agent_id: null, turn_id: null, tool: null, status: null };
  const hook = (hook: string, ts: number): HookEvent => (
    { type: "hook", ts, hook, ...head, detail: null, model: null, pane_id: "%1" }
  );
  const title = (status: "working" | "idle", ts: number): EventPayload => ({
    type: "agent_state",
    ts,
    agent: "fast",
    status,
    status_source: "title",
    status_detail: null,
    outcome: null,
  });
  const row = (...events: EventPayload[]) => {
    test.commit(...events);
    const { status, status_source, status_conflict } = agentOf(test, "fast");
    return [status, status_source, status_conflict];
  };
  test.commit(mapped("fast", "%1"));
  assert.deepEqual(row(hook("PermissionRequest", START + 1)), ["approval", "hook", null]);
  // The approval was answered: no hook says so.
  assert.deepEqual(row(title("working", START + 2)), ["working", "title", null]);
  assert.deepEqual(row(hook("Stop", START + 3)), ["working", "title", "hook says idle"]);
  assert.deepEqual(row(hook("PreToolUse", START + 2)), ["working", "title", "hook says idle"]);
  assert.deepEqual(row(title("idle", START + 4)), ["idle", "title", null]);
});

Deno.test("rows rebuilt from hooks equal the live ones", () => {
  using test = new TestStore();
  for (const pane of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) test.commit(mapped(`a${pane}`, `%${pane}`));
  for (const hook of recordedHooks("hooks-nodaemon")) test.commit(written(hook, true));
  for (const hook of recordedHooks("notify")) test.commit(written(hook, false));
  const before = test.dump();
  assert.ok(listAgents(test.store).every(({ status_source }) => status_source === "hook"));
  rebuild(test.store);
  assert.deepEqual(test.dump(), before);
});
