/**
 * What Codex's own session files change: threads, turns, exact tokens, limits, and the jobs whose
 * markers stand in them. A turn can serve several jobs: its tokens are counted once, on the turn, and
 * shown on each of its jobs. Pure, like all of the fold.
 */
import type {
  AgentStatus,
  RolloutEvent,
  ThreadEvent,
  ThreadRow,
  TurnContextEvent,
  TurnEndedEvent,
  TurnItemEvent,
  TurnStartedEvent,
} from "../wire.ts";
import { showThread } from "./fold_context.ts";
import { foldLimits } from "./fold_limits.ts";
import { foldCompacted, foldUsage } from "./fold_usage.ts";
import { sentJob } from "./fold_sent.ts";
import { findJob, newJob } from "./job_rules.ts";
import type { JobState, Tower } from "./state.ts";
import { serve, showSettings } from "./thread_jobs.ts";
import { claim, endJob, presentAgent, takeOver } from "./thread_rules.ts";
import { ensureTurn, jobsOf, NO_TOKENS } from "./turn_rules.ts";

/** How much of a thread's first prompt its row keeps: one line of a list. */
const PREVIEW_LENGTH = 300;

/** Applies one event of a session file and returns the job that its turn serves, or null. */
export function foldRollout(tower: Tower, event: RolloutEvent): string | null {
  if (event.type === "thread") return foldThread(tower, event);
  const thread = tower.thread(event.thread_id);
  if (!thread) return null;
  thread.updated_ts = Math.max(thread.updated_ts, event.ts);
  const job_id = foldLine(tower, thread, event);
  showThread(tower, thread, event.ts);
  return job_id;
}

function foldLine(
  tower: Tower,
  thread: ThreadRow,
  event: Exclude<RolloutEvent, ThreadEvent>,
): string | null {
  switch (event.type) {
    case "thread_moved":
      thread.rollout = event.rollout;
      return null;
    case "turn_started":
      return foldTurnStarted(tower, thread, event);
    case "turn_context":
      return foldTurnContext(tower, thread, event);
    case "turn_item":
      return foldTurnItem(tower, thread, event);
    case "usage":
      return foldUsage(tower, thread, event);
    case "limits":
      return foldLimits(tower, thread, event);
    case "compacted":
      return foldCompacted(tower, thread, event);
    case "turn_ended":
      return foldTurnEnded(tower, thread, event);
    default:
      return event satisfies never;
  }
}

function foldThread(tower: Tower, event: ThreadEvent): null {
  const { type: _type, ts, session: _session, job_id: _job_id, ...facts } = event;
  const known = tower.thread(event.thread_id);
  if (known) {
    known.rollout = event.rollout;
    known.format = event.format;
    return null;
  }
  tower.addThread({
    thread_id: facts.thread_id,
    root_thread_id: facts.root_thread_id,
    parent_thread_id: facts.parent_thread_id,
    forked_from_id: facts.forked_from_id,
    agent: facts.parent_thread_id ? tower.thread(facts.parent_thread_id)?.agent ?? null : null,
    agent_nickname: facts.agent_nickname,
    agent_path: facts.agent_path,
    cwd: facts.cwd,
    originator: facts.originator,
    cli_version: facts.cli_version,
    git_branch: facts.git_branch,
    format: facts.format,
    rollout: facts.rollout,
    model: null,
    effort: null,
    approval_policy: null,
    sandbox: null,
    turn_id: null,
    preview: null,
    started_ts: ts,
    updated_ts: ts,
    // A thread that begins from nothing has an empty context; what a copied history fills is not said.
    ...facts.forked_from_id || facts.parent_thread_id
      ? { context_tokens: null, context_kind: null }
      : { context_tokens: 0, context_kind: "exact" },
    context_window: null,
    compaction_tokens: 0,
    live_status: null,
    live_ts: null,
    ...NO_TOKENS,
  });
  return null;
}

function foldTurnStarted(tower: Tower, thread: ThreadRow, event: TurnStartedEvent): string | null {
  const turn = ensureTurn(tower, thread, event.turn_id, event.ts);
  turn.status = "running";
  turn.finished_ts = turn.duration_ms = null;
  turn.started_ts = event.ts;
  turn.trigger = event.trigger;
  turn.root_turn_id = event.root_turn_id;
  turn.sub_agent_tokens = tower.subAgentTokens(turn.turn_id);
  thread.turn_id = event.turn_id;
  thread.context_window = event.context_window ?? thread.context_window;
  takeOver(tower, thread, event.ts);
  claim(tower, thread, { status: "working", ts: event.ts, detail: null, code: null });
  return turn.job_ids[0] ?? null;
}

function foldTurnContext(tower: Tower, thread: ThreadRow, event: TurnContextEvent): string | null {
  const { model, effort, approval_policy, sandbox } = event;
  Object.assign(thread, { model, effort, approval_policy, sandbox });
  const agent = presentAgent(tower, thread);
  if (agent && model) agent.model = model;
  const turn = event.turn_id ? tower.turn(event.turn_id) : undefined;
  if (!turn) return null;
  Object.assign(turn, { model, effort, approval_policy, sandbox, cwd: event.cwd });
  for (const job of jobsOf(tower, turn)) showSettings(job, turn);
  return turn.job_ids[0] ?? null;
}

function foldTurnItem(tower: Tower, thread: ThreadRow, event: TurnItemEvent): string | null {
  const turn = event.turn_id ? ensureTurn(tower, thread, event.turn_id, event.ts) : undefined;
  if (event.item === "user") {
    thread.preview ??= event.text?.slice(0, PREVIEW_LENGTH) ?? null;
    for (const marker of event.markers) {
      const text = event.text?.replace(`[JOB:${marker}]`, "").trim() ?? "";
      const prompt = { marker, text, ts: event.ts };
      const known = findJob(tower, marker) ??
        (turn ? sentJob(tower, { ...prompt, thread, turn }) : undefined);
      if (known === "held") continue;
      const job = known ?? addSeenJob(tower, thread, prompt);
      if (turn) serve(tower, { thread, turn, job });
    }
  }
  // A message belongs to the job that it names, the rest of a turn to the first of its jobs.
  const named = event.markers.map((marker) => findJob(tower, marker)).find((job) => job);
  return named?.job_id ?? turn?.job_ids[0] ?? null;
}

/** A prompt with a marker that nobody told us of, as codexctl types it by itself. */
function addSeenJob(
  tower: Tower,
  thread: ThreadRow,
  { marker, text, ts }: { marker: string; text: string; ts: number },
): JobState {
  const job = tower.addJob(newJob(marker, ts));
  job.agent = thread.agent;
  job.prompt_text = text || null;
  return job;
}

function foldTurnEnded(tower: Tower, thread: ThreadRow, event: TurnEndedEvent): string | null {
  const turn = ensureTurn(tower, thread, event.turn_id, event.ts);
  turn.status = event.outcome;
  turn.finished_ts = event.ts;
  turn.duration_ms = event.duration_ms ?? Math.max(0, event.ts - turn.started_ts);
  turn.error_code = event.error_code;
  turn.error_message = event.error_message;
  turn.last_message = event.last_message;
  // What Codex states of the context then is made up to fill the window (codex.md §6).
  if (event.error_code === "context_window_exceeded") {
    thread.context_tokens = thread.context_kind = null;
  }
  if (thread.turn_id === event.turn_id) thread.turn_id = null;
  for (const job of jobsOf(tower, turn)) endJob(job, turn);
  const failed = event.outcome === "error";
  claim(tower, thread, {
    status: failed ? failureStatus(event.error_code) : "idle",
    ts: event.ts,
    detail: failed ? event.error_message : null,
    code: failed ? event.error_code : null,
  });
  return turn.job_ids[0] ?? null;
}

/** 401 means that the login is gone (codex.md §5). */
function failureStatus(error_code: string | null): AgentStatus {
  return error_code?.endsWith(" 401") ? "auth" : "error";
}
