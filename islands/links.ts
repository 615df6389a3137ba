/** Addresses of pages. Names and ids are untrusted: they are always encoded. */
import type { JobsQuery } from "./page_state.ts";

export function jobPath(job_id: string): string {
  return `/jobs/${encodeURIComponent(job_id)}`;
}

/** The `id` of an agent's panel on the agents page. */
export function agentAnchor(agent: string): string {
  return `agent-${encodeURIComponent(agent)}`;
}

export function agentPath(agent: string): string {
  return `/agents#${encodeURIComponent(agentAnchor(agent))}`;
}

/** The jobs page with these filters; the default limit is left out. */
export function jobsPath({ status, agent, limit }: JobsQuery): string {
  const search = new URLSearchParams();
  if (status) search.set("status", status);
  if (agent) search.set("agent", agent);
  if (limit !== JOBS_LIMIT) search.set("limit", String(limit));
  return search.size ? `/jobs?${search}` : "/jobs";
}

/** Rows of the jobs page before anyone asks for more. */
export const JOBS_LIMIT = 100;
export const JOBS_LIMIT_MAX = 1_000;
