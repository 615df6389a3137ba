/** Statuses in words, and with their shapes. Colour only repeats what shape and word say. */
import type {
  AgentRow,
  AgentStatus,
  JobRow,
  JobStatus,
  Severity,
  StatusSource,
} from "../server/wire.ts";
import { StatusIcon } from "./icons.tsx";

export const AGENT_WORDS: Record<AgentStatus, string> = {
  idle: "Idle",
  working: "Working",
  approval: "Needs approval",
  input: "Needs input",
  auth: "Needs login",
  error: "Error",
  missing: "Missing",
  unknown: "Unknown",
};

/** What stands behind a status, where that has a name of its own (`AgentRow.status_code`). */
const CODE_WORDS: Readonly<Record<string, string>> = {
  question: "Asks a question",
  trust: "Asks for trust",
  update: "Offers an update",
  hooks_review: "Hooks need review",
  agents_center: "In command center",
  menu: "Shows a menu",
  usage_limit: "Usage limit",
  usage_limit_exceeded: "Usage limit",
  context_window_exceeded: "Context is full",
};

/** `Usage limit` rather than `Error`; a code that this page does not know says nothing more. */
export function agentWords({ status, status_code }: AgentRow): string {
  const named = status_code !== null && Object.hasOwn(CODE_WORDS, status_code);
  return named ? CODE_WORDS[status_code]! : AGENT_WORDS[status] ?? status;
}

export const JOB_WORDS: Record<JobStatus, string> = {
  queued: "Queued",
  running: "Running",
  blocked: "Blocked",
  done: "Done",
  error: "Error",
  cancelled: "Cancelled",
};

export const SEVERITY_WORDS: Record<Severity, string> = {
  ok: "OK",
  info: "Note",
  warning: "Warning",
  error: "Error",
};

const SOURCE_WORDS: Record<StatusSource, string> = {
  socket: "the Codex daemon",
  rollout: "the session file",
  title: "the pane title",
  screen: "the screen",
  hook: "a hook",
  wrapper: "the sender",
};

/** `from the pane title`; a source that this page does not know by its own name. */
export function sourceWords(source: StatusSource | null): string {
  return source === null ? "no source yet" : `from ${SOURCE_WORDS[source] ?? source}`;
}

/** `hook says idle` with the source in words. */
export function conflictWords(conflict: string): string {
  const [source = "", ...rest] = conflict.split(" ");
  return [SOURCE_WORDS[source as StatusSource] ?? source, ...rest].join(" ");
}

export function AgentStatusBadge({ agent }: { agent: AgentRow }) {
  return <Badge status={agent.status} word={agentWords(agent)} />;
}

export function JobStatusBadge({ job }: { job: JobRow }) {
  return <Badge status={job.status} word={JOB_WORDS[job.status] ?? job.status} />;
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  return <Badge status={severity} word={SEVERITY_WORDS[severity]} />;
}

function Badge({ status, word }: { status: AgentStatus | JobStatus | Severity; word: string }) {
  return (
    <span class={`status s-${status}`}>
      <StatusIcon status={status} />
      {word}
    </span>
  );
}
