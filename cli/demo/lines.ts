/**
 * The payloads of the demo agent's rollout lines, key by key as Codex 0.169.0 writes them in its
 * paginated format (codex.md §5, §6; REC rollout-simple-nodaemon, rollout-exec, rollout-denied,
 * rollout-usage-limit, rollout-queue-and-question). Pure.
 */
import { CODEX_VERSION } from "./cells.ts";
import { uuid7 } from "./ids.ts";

export type Payload = Record<string, unknown>;

/** What of a thread its lines repeat. */
export interface ThreadFacts {
  id: string;
  /** The root thread of its tree. */
  session_id: string;
  cwd: string;
  model: string;
  started: Date;
  plan: boolean;
}

export const CONTEXT_WINDOW = 258_400;
const PROVIDER = "openai";

/** Codex's own texts make its first lines 20 to 30 KB long; so must these be. */
export function filler(chars: number): string {
  const text = "The demo agent has no instructions; the real program's stand here. ";
  return text.repeat(Math.ceil(chars / text.length)).slice(0, chars);
}

export function sessionMeta(thread: ThreadFacts, more: Payload): Payload {
  return {
    account_scoped: true,
    session_id: thread.session_id,
    id: thread.id,
    timestamp: thread.started.toISOString(),
    cwd: thread.cwd,
    runtime_workspace_roots: [thread.cwd],
    originator: "codex-tui",
    cli_version: CODEX_VERSION,
    source: "cli",
    thread_source: "user",
    model_provider: PROVIDER,
    base_instructions: {
      text: filler(21_769),
      provenance: { type: "model", model: thread.model },
    },
    history_mode: "paginated",
    context_window: { window_id: uuid7() },
    git: { commit_hash: "0".repeat(40), branch: "main" },
    ...more,
  };
}

export function taskStarted(thread: ThreadFacts, turn: TurnFacts): Payload {
  return {
    type: "task_started",
    turn_attribution: {
      turn_id: turn.id,
      turn_trigger: "user",
      parent_turn_id: null,
      initiating_agent_path: null,
      root_turn_id: turn.id,
    },
    ...turnIds(turn),
    started_at: seconds(turn.started_ms),
    model_context_window: CONTEXT_WINDOW,
    collaboration_mode_kind: thread.plan ? "plan" : "default",
  };
}

export interface TurnFacts {
  id: string;
  started_ms: number;
}

function turnIds(turn: TurnFacts): Payload {
  return { turn_id: turn.id, root_turn_id: turn.id };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function sandbox(cwd: string): Payload[] {
  const special = (kind: string, access: string) => ({
    path: { type: "special", value: { kind } },
    access,
  });
  const kept = (name: string) => ({
    path: { type: "path", path: `${cwd}/${name}` },
    access: "read",
    missing_path_behavior: "skip",
  });
  return [
    special("root", "read"),
    { path: { type: "path", path: cwd }, access: "write" },
    special("slash_tmp", "write"),
    special("tmpdir", "write"),
    ...[".git", ".agents", ".codex", ".aws"].map(kept),
  ];
}

function permissionProfile(cwd: string): Payload {
  const file_system = { type: "restricted", entries: sandbox(cwd) };
  return { type: "managed", file_system, network: "restricted" };
}

function collaborationMode(thread: ThreadFacts): Payload {
  return {
    mode: thread.plan ? "plan" : "default",
    settings: {
      model: thread.model,
      reasoning_effort: thread.plan ? "medium" : null,
      developer_instructions: filler(thread.plan ? 9156 : 1288),
    },
  };
}

export function turnContext(thread: ThreadFacts, turn: TurnFacts): Payload {
  return {
    ...turnIds(turn),
    disabled_plugin_ids: [],
    cwd: thread.cwd,
    approval_policy: "on-request",
    approvals_reviewer: "user",
    permission_profile: permissionProfile(thread.cwd),
    model: thread.model,
    comp_hash: "3000",
    collaboration_mode: collaborationMode(thread),
    multi_agent_version: "v2",
    realtime_active: false,
    ...thread.plan ? { effort: "medium" } : {},
    summary: "none",
    sandbox_policy: {
      type: "workspace-write",
      network_access: false,
      exclude_tmpdir_env_var: false,
      exclude_slash_tmp: false,
    },
    file_system_sandbox_policy: { kind: "restricted", entries: sandbox(thread.cwd) },
  };
}

export function threadSettings(thread: ThreadFacts): Payload {
  return {
    type: "thread_settings_applied",
    thread_id: thread.id,
    thread_settings: {
      model: thread.model,
      model_provider_id: PROVIDER,
      service_tier: "default",
      approval_policy: "on-request",
      approvals_reviewer: "user",
      requested_approvals_reviewer: "user",
      permission_profile: permissionProfile(thread.cwd),
      cwd: thread.cwd,
      runtime_workspace_roots: [thread.cwd],
      collaboration_mode: collaborationMode(thread),
      disabled_plugin_ids: [],
    },
  };
}

export function worldState(thread: ThreadFacts): Payload {
  return {
    full: true,
    state: {
      agents_md: {},
      collaboration_mode: { mode: thread.plan ? "plan" : "default", model: thread.model },
      environments: {
        environments: { local: { cwd: thread.cwd, status: "available", shell: "bash" } },
        current_date: thread.started.toISOString().slice(0, 10),
        timezone: "Etc/UTC",
      },
      host_skills: { body: filler(2090), includeInstructions: true },
      model: { model: thread.model },
      permissions: { approved_command_prefixes: [] },
      realtime: { active: false },
    },
  };
}

export function environmentContext(cwd: string, date: Date): string {
  return `<environment_context>\n  <cwd>${cwd}</cwd>\n  <shell>bash</shell>\n  <current_date>${
    date.toISOString().slice(0, 10)
  }</current_date>\n</environment_context>`;
}

/** A `response_item` message of the user or of Codex itself. */
export function inputMessage(
  role: "user" | "developer",
  texts: readonly string[],
  { turn, kinds, now }: { turn: TurnFacts; kinds: readonly string[]; now: number },
): Payload {
  const provenance = role === "user" && kinds[0] === "user.text"
    ? { type: "user" }
    : { type: "harness", hook: false };
  return {
    type: "message",
    id: `msg_${uuid7(now)}`,
    role,
    content: texts.map((text) => ({ type: "input_text", text })),
    internal_chat_message_metadata_passthrough: {
      turn_id: turn.id,
      create_time: now / 1000,
      content_item_kinds: kinds,
      content_item_metadata: kinds.map(() => ({ provenance })),
    },
  };
}

export function outputMessage(
  text: string,
  { id, turn, phase }: { id: string; turn: TurnFacts; phase: string | undefined },
): Payload {
  return {
    type: "message",
    status: "completed",
    id,
    role: "assistant",
    content: [{ type: "output_text", text }],
    ...phase ? { phase } : {},
    internal_chat_message_metadata_passthrough: {
      turn_id: turn.id,
      content_item_kinds: ["unknown"],
    },
  };
}

export function itemCompleted(
  thread: ThreadFacts,
  turn: TurnFacts,
  { item, started_ms, now }: { item: Payload; started_ms: number; now: number },
): Payload {
  return {
    type: "item_completed",
    thread_id: thread.id,
    turn_id: turn.id,
    item,
    started_at_ms: started_ms,
    completed_at_ms: now,
  };
}

export function commandExecution(
  cwd: string,
  command: { shell: string; output: string; exit_code: number; ms: number; process_id: string },
): Payload {
  return {
    type: "CommandExecution",
    id: `exec-${crypto.randomUUID()}`,
    process_id: command.process_id,
    command: ["/bin/bash", "-lc", command.shell],
    cwd: `file://${cwd}`,
    parsed_cmd: [{ type: "unknown", cmd: command.shell }],
    source: "unified_exec_startup",
    status: command.exit_code === 0 ? "completed" : "failed",
    aggregated_output: command.output,
    exit_code: command.exit_code,
    duration: {
      secs: seconds(command.ms),
      nanos: Math.round(command.ms % 1000 * 1_000_000),
    },
  };
}

export interface TurnError {
  message: string;
  codex_error_info: unknown;
}

export function taskComplete(
  turn: TurnFacts,
  end: {
    last_agent_message: string | null;
    error: TurnError | undefined;
    now: number;
    first_token_ms: number | undefined;
  },
): Payload {
  return {
    type: "task_complete",
    ...turnIds(turn),
    last_agent_message: end.last_agent_message,
    ...end.error ? { error: end.error } : {},
    started_at: seconds(turn.started_ms),
    completed_at: seconds(end.now),
    duration_ms: end.now - turn.started_ms,
    ...end.first_token_ms === undefined ? {} : { time_to_first_token_ms: end.first_token_ms },
  };
}

export function turnAborted(turn: TurnFacts, now: number): Payload {
  return {
    type: "turn_aborted",
    ...turnIds(turn),
    reason: "interrupted",
    started_at: seconds(turn.started_ms),
    completed_at: seconds(now),
    duration_ms: now - turn.started_ms,
  };
}
