/** Closed words for how agents, jobs and deliveries stand, and for who says so. Imports nothing. */

export const AGENT_STATUSES = [
  "idle",
  "working",
  "approval",
  "input",
  "auth",
  "error",
  "missing",
  "unknown",
] as const;
export type AgentStatus = typeof AGENT_STATUSES[number];

export const JOB_STATUSES = ["queued", "running", "blocked", "done", "error", "cancelled"] as const;
export type JobStatus = typeof JOB_STATUSES[number];

/** Who said so. Best first: a later one never overrules an earlier one that is fresh. */
export const STATUS_SOURCES = ["socket", "rollout", "title", "screen", "hook", "wrapper"] as const;
export type StatusSource = typeof STATUS_SOURCES[number];

/** How far a job's delivery got, in order. */
export const RECEIPTS = ["queued", "typed", "submitted", "turn_started"] as const;
export type Receipt = typeof RECEIPTS[number];
