/** Addresses of pages. Names and ids are untrusted: they are always encoded. */
import type { JobsQuery, ThreadsQuery } from "./page_state.ts";

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

export function threadPath(thread_id: string): string {
  return `/threads/${encodeURIComponent(thread_id)}`;
}

/** The threads page with these filters; `before` is `updated_ts:thread_id` of the last row shown. */
export function threadsPath({ agent, mapped, before }: ThreadsQuery): string {
  const search = new URLSearchParams();
  if (agent !== null) search.set("agent", agent);
  if (mapped !== null) search.set("mapped", String(mapped));
  if (before !== null) search.set("before", before);
  return search.size ? `/threads?${search}` : "/threads";
}

/** Root threads on one page. */
export const THREADS_LIMIT = 50;
/** Turns that a thread's page knows; older ones are in the API. */
export const SHOWN_TURNS = 200;
