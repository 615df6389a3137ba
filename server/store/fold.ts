/**
 * Every status rule: how an event changes agents and jobs. Pure but for the rows that the `Tower`
 * hands out: the same events in the same order make the same rows, live or in a rebuild.
 *
 * A job is judged by what its agent did, never by words in its output: it starts when its agent works
 * after the prompt was typed, it ends when that work ends.
 */
import { findMarkers } from "../codex/markers.ts";
import type {
  AgentMappedEvent,
  AgentStateEvent,
  EventPayload,
  MarkerSeenEvent,
  PaneOutputEvent,
  StatusSource,
  TurnOutcome,
} from "../wire.ts";
import { settleStatus } from "./claims.ts";
import {
  foldControllerOutput,
  foldDispatch,
  foldDispatchDone,
  foldReceipt,
  readOutput,
} from "./fold_delivery.ts";
import {
  advance,
  currentJob,
  findJob,
  finishJob,
  isOver,
  isRecent,
  newJob,
  outcomeStatus,
  setJob,
  startTurn,
  wasTyped,
} from "./job_rules.ts";
import { forgetThread } from "./fold_context.ts";
import { foldTokenEstimate } from "./fold_estimate.ts";
import { foldHook } from "./fold_hook.ts";
import { foldThreadMapped, foldTurnLost } from "./fold_pane.ts";
import { foldThreadStatus } from "./fold_live.ts";
import { foldRollout } from "./fold_rollout.ts";
import { serveHeld } from "./fold_sent.ts";
import type { AgentState, Tower } from "./state.ts";

/** Applies one event and returns the job it belongs to, or null. */
export function fold(tower: Tower, event: EventPayload): string | null {
  switch (event.type) {
    case "dispatch":
      return foldDispatch(tower, event);
    case "receipt":
      return foldReceipt(tower, event);
    case "controller_output":
      return foldControllerOutput(tower, event);
    case "pane_output":
      return foldPaneOutput(tower, event);
    case "dispatch_done":
      return foldDispatchDone(tower, event);
    case "agent_state":
      return foldAgentState(tower, event);
    case "agent_mapped":
      return foldAgentMapped(tower, event);
    case "marker_seen":
      return foldMarkerSeen(tower, event);
    case "hook":
      return foldHook(tower, event);
    case "bad_line":
      return null;
    case "thread":
    case "thread_moved":
    case "turn_started":
    case "turn_context":
    case "turn_item":
    case "usage":
    case "limits":
    case "compacted":
    case "turn_ended":
      return foldRollout(tower, event);
    case "thread_mapped":
      return foldThreadMapped(tower, event);
    case "thread_status":
      return foldThreadStatus(tower, event);
    case "turn_lost":
      return foldTurnLost(tower, event);
    case "token_estimate":
      return foldTokenEstimate(tower, event);
    default:
      // Another program's event type, kept and shown but without a rule of ours.
      event satisfies never;
      return (event as EventPayload).job_id ?? null;
  }
}

function foldPaneOutput(tower: Tower, event: PaneOutputEvent): string | null {
  const agent = paneAgentOf(tower, event);
  if (agent) agent.last_seen = event.ts;
  const named = findMarkers(event.text).map((id) => findJob(tower, id)).find((job) => job);
  const current = agent ? currentJob(tower, agent) : undefined;
  const owner = named ?? (event.job_id ? findJob(tower, event.job_id) : undefined) ??
    (current && isRecent(current, event.ts) ? current : undefined);
  return readOutput(tower, event, owner?.job_id ?? event.job_id ?? null);
}

function foldAgentMapped(tower: Tower, event: AgentMappedEvent): string | null {
  const agent = tower.agent(event.agent);
  if (agent.pane_id !== event.pane_id || agent.status === "missing") {
    agent.claims = {};
    forgetThread(agent, event.ts);
  }
  agent.pane_id = event.pane_id;
  agent.window_name = event.window_name;
  agent.session = event.session;
  agent.model = event.model ?? agent.model;
  agent.last_seen = event.ts;
  settleStatus(agent);
  return null;
}

function foldAgentState(tower: Tower, event: AgentStateEvent): string | null {
  const agent = tower.agent(event.agent);
  agent.claims[event.status_source] = {
    status: event.status,
    ts: event.ts,
    detail: event.status_detail,
    code: event.status_code ?? null,
  };
  if (event.status === "missing") {
    agent.claims = { screen: agent.claims[event.status_source]! };
    forgetThread(agent, event.ts);
  } else agent.last_seen = event.ts;
  settleStatus(agent);
  const turn = { ts: event.ts, source: event.status_source, detail: agent.status_detail };
  const jobs = tower.openJobs(agent.agent);
  switch (agent.status) {
    case "working":
      for (const job of jobs) {
        if (wasTyped(job)) startTurn(agent, job, event.ts);
        if (job.status === "blocked") setJob(job, "running", { ...turn, detail: null });
      }
      break;
    case "approval":
    case "input":
    case "auth":
      for (const job of jobs) {
        if (job.turn_started_ts !== null || wasTyped(job)) setJob(job, "blocked", turn);
      }
      break;
    case "idle":
    case "error":
      endTurn(tower, agent, { ...turn, outcome: event.outcome });
      break;
    case "missing":
      for (const job of jobs) {
        // Codex's daemon goes on without the pane (codex.md §2); a turn that was killed is told as lost.
        const turn_runs = job.turn_id !== null && tower.turn(job.turn_id)?.status === "running";
        if (job.turn_started_ts === null || turn_runs) continue;
        finishJob(job, "error", { ...turn, detail: agent.status_detail ?? "Its pane is gone" });
      }
      break;
    case "unknown":
      break;
    default:
      agent.status satisfies never;
  }
  const current = currentJob(tower, agent);
  return current && isRecent(current, event.ts) ? current.job_id : null;
}

interface TurnEnd {
  ts: number;
  source: StatusSource;
  detail: string | null;
  outcome: TurnOutcome | null;
}

function endTurn(tower: Tower, agent: AgentState, end: TurnEnd): void {
  const status = outcomeStatus(end.outcome ?? (agent.status === "error" ? "error" : "done"));
  const started = tower.openJobs(agent.agent).filter((job) => job.turn_started_ts !== null);
  const cause = { ...end, detail: status === "done" ? null : end.detail };
  for (const job of started) finishJob(job, status, cause);
  const last = currentJob(tower, agent);
  if (started.length || !last || !end.outcome || !isRecent(last, end.ts)) return;
  // A session file has the last word.
  if (last.status_source === "rollout") return;
  // The spinner is gone at once, the row that says how it went is read a moment later.
  const says_more = last.status === status
    ? last.status_detail === null && cause.detail !== null
    : last.status === "done";
  if (says_more) finishJob(last, status, cause);
}

function foldMarkerSeen(tower: Tower, event: MarkerSeenEvent): string | null {
  const agent = tower.agent(event.agent);
  const known = findJob(tower, event.marker);
  if (known) {
    // Codex shows a prompt where its turn begins: a turn that began and ended unseen is known by it.
    if (known.agent === event.agent && wasTyped(known) && !isOver(known)) {
      startTurn(agent, known, event.ts);
    }
    return known.job_id;
  }
  const sent = tower.openJobs(event.agent).find((job) =>
    job.driver !== "builtin" && !job.marker && samePrompt(job.prompt_text, event.text)
  );
  if (sent) {
    sent.marker = event.marker;
    serveHeld(tower, sent);
    advance(sent, "submitted", event.ts);
    if (agent.status === "working") startTurn(agent, sent, event.ts);
    return sent.job_id;
  }
  const job = tower.addJob(newJob(event.marker, event.ts));
  job.agent = event.agent;
  job.pane_id = event.pane_id;
  job.prompt_text = event.text;
  job.model = agent.model;
  advance(job, "submitted", event.ts);
  startTurn(agent, job, event.ts);
  if (agent.status === "idle") {
    finishJob(job, "done", {
      ts: event.ts,
      source: "screen",
      detail: "Seen on the screen after its turn had ended",
    });
  }
  return job.job_id;
}

/** Whether the screen's text is the start of the prompt, spaces and line ends aside. */
function samePrompt(prompt: string | null, shown: string): boolean {
  if (prompt === null) return false;
  const squeeze = (text: string) => text.replace(/\s+/g, "").slice(0, 40);
  const start = squeeze(shown);
  return start !== "" && squeeze(prompt).startsWith(start.slice(0, squeeze(prompt).length));
}

function paneAgentOf(tower: Tower, event: PaneOutputEvent): AgentState | undefined {
  if (event.agent) return tower.agent(event.agent);
  return event.pane_id ? tower.agentByPane(event.pane_id) : undefined;
}
