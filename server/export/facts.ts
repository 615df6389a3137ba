/** What is known of a job, a turn, a thread or an item, in words: the same in every text format. */
import type { JobRow, ThreadRow, TranscriptItem, TurnRow } from "../wire.ts";

/** A name and its value; `code` is somebody else's text, to be shown as it is. */
export interface Fact {
  name: string;
  text?: string;
  code?: string;
}

/** In UTC, so that exports of two machines can be compared. */
export function isoTime(ts: number): string {
  // Other programs' lines may name moments that no calendar has.
  return Math.abs(ts) <= 8.64e15 ? new Date(ts).toISOString() : `${ts} ms`;
}

/** `850 ms`, `4.2 s`. */
export function seconds(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

export function jobFacts(job: JobRow, turns: readonly TurnRow[]): Fact[] {
  const { status, status_source, status_detail } = job;
  return known([
    { name: "Agent", code: job.agent },
    { name: "Status", text: status_source ? `${status}, says ${status_source}` : status },
    { name: "Detail", code: status_detail },
    { name: "Delivery", text: job.receipt.replace("_", " ") },
    { name: "Sent", text: isoTime(job.started_ts) },
    {
      name: "Turn started",
      text: job.turn_started_ts === null ? null : isoTime(job.turn_started_ts),
    },
    { name: "Ended", text: job.finished_ts === null ? null : isoTime(job.finished_ts) },
    { name: "Duration", text: job.duration_ms === null ? null : seconds(job.duration_ms) },
    { name: "Model", code: job.model },
    { name: "Effort", code: job.effort },
    { name: "Approval", code: job.approval_policy },
    { name: "Sandbox", code: job.sandbox },
    { name: "Tokens", text: jobTokens(job) },
    { name: "Thread", code: job.thread_id },
    { name: "Turn", code: turns.map(({ turn_id }) => turn_id).join(", ") },
    { name: "Marker", code: job.marker },
    { name: "Dispatch", code: job.dispatch_id === job.job_id ? null : job.dispatch_id },
    { name: "Pane", code: job.pane_id },
    { name: "Exit code", text: job.exit_code === null ? null : String(job.exit_code) },
  ]);
}

export function turnFacts(turn: TurnRow): Fact[] {
  return known([
    { name: "Agent", code: turn.agent },
    { name: "Status", text: turn.status },
    { name: "Started", text: isoTime(turn.started_ts) },
    { name: "Ended", text: turn.finished_ts === null ? null : isoTime(turn.finished_ts) },
    { name: "Duration", text: turn.duration_ms === null ? null : seconds(turn.duration_ms) },
    { name: "Model", code: turn.model },
    { name: "Effort", code: turn.effort },
    { name: "Tokens", text: turnTokens(turn) },
    { name: "Thread", code: turn.thread_id },
  ]);
}

/** A sub-agent: its tokens are those of the turns that are shown. */
export function threadFacts(thread: ThreadRow, turns: readonly TurnRow[]): Fact[] {
  const total = turns.reduce((sum, { total_tokens }) => sum + total_tokens, 0);
  return known([
    { name: "Thread", code: thread.thread_id },
    { name: "Started", text: isoTime(thread.started_ts) },
    { name: "Model", code: thread.model },
    { name: "Tokens", text: total > 0 ? `${total} (exact)` : null },
  ]);
}

function known(
  facts: { name: string; text?: string | null; code?: string | null }[],
): Fact[] {
  return facts.flatMap(({ name, text, code }): Fact[] =>
    text ? [{ name, text }] : code ? [{ name, code }] : []
  );
}

/** Exact or estimated, and which of them it is. */
function jobTokens(job: JobRow): string {
  if (job.total_tokens_exact !== null) {
    const { prompt_tokens_exact: input, completion_tokens_exact: output } = job;
    const others = job.shared_with === 1 ? "1 other job" : `${job.shared_with} other jobs`;
    return [
      `${job.total_tokens_exact} (exact)`,
      input !== null && `${input} input${part(job.cached_tokens_exact, "cached")}`,
      output !== null && `${output} output${part(job.reasoning_tokens_exact, "reasoning")}`,
      job.sub_agent_tokens_exact !== null && `${job.sub_agent_tokens_exact} more of sub-agents`,
      job.shared_with > 0 && `the same tokens as ${others} of its turn`,
    ].filter(Boolean).join(", ");
  }
  if (job.total_tokens_est === null) return "unknown";
  return `about ${job.total_tokens_est} (estimated)`;
}

function turnTokens(turn: TurnRow): string {
  return [
    `${turn.total_tokens} (exact)`,
    `${turn.input_tokens} input${part(turn.cached_input_tokens, "cached")}`,
    `${turn.output_tokens} output${part(turn.reasoning_output_tokens, "reasoning")}`,
  ].join(", ");
}

function part(tokens: number | null, word: string): string {
  return tokens === null ? "" : ` (${tokens} ${word})`;
}

const TITLES: Record<TranscriptItem["item"], string> = {
  user: "User",
  assistant: "Assistant",
  reasoning: "Reasoning",
  command: "Command",
  file_change: "File changes",
  plan: "Plan",
  sub_agent: "Sub-agent",
  compaction: "Context was made smaller",
  tool_call: "Tool call",
  other: "Other",
};

/** `Command, exit code 3, 0.1 s`. */
export function itemTitle(item: TranscriptItem): string {
  const { exit_code, duration_ms } = item;
  return [
    TITLES[item.item],
    exit_code !== null && `exit code ${exit_code}`,
    duration_ms !== null && seconds(duration_ms),
  ].filter(Boolean).join(", ");
}

/** A text of an item that stands apart: `what` names it where more than one follows. */
export interface Block {
  what: string | null;
  /** For highlighting. */
  language: "text" | "sh" | "diff";
  text: string;
}

const CHANGES: Readonly<Record<string, string>> = { add: "Added", delete: "Deleted" };

/** An item's texts in order. */
export function itemBlocks(item: TranscriptItem): Block[] {
  const blocks: Block[] = [];
  const add = (text: string | null, language: Block["language"], what: string | null = null) => {
    if (text) blocks.push({ what, language, text });
  };
  add(item.text, "text");
  if (item.cwd) add(item.cwd, "text", "In");
  add(item.command, "sh", item.cwd || item.output ? "Command" : null);
  add(item.output, "text", "Output");
  for (const { path, kind, diff } of item.changes ?? []) {
    add(path, "text", CHANGES[kind] ?? "Changed");
    add(diff, "diff");
  }
  return blocks;
}

/** How a turn ended, when it did not end well: in our words, and in Codex's own. */
export function turnProblem({ status, error_code, error_message }: TurnRow): {
  title: string;
  code: string | null;
  text: string | null;
} | undefined {
  if (status === "done" || status === "running") return undefined;
  return { title: `Turn ended: ${status}`, code: error_code, text: error_message };
}
