/** Requests to the server's HTTP interface. Failures are `ApiError`s with a text for people. */
import type {
  CodexWork,
  Cost,
  DispatchRequest,
  DoctorReport,
  EventRow,
  JobRow,
  ThreadDetail,
  ThreadListRow,
  TranscriptItem,
} from "../server/wire.ts";
import { SHOWN_TURNS } from "./links.ts";
import type { JobsQuery, ThreadsQuery } from "./page_state.ts";

export class ApiError extends Error {}

export interface DispatchAnswer {
  job_id: string | null;
}

/**
 * Sends a prompt. A request that got no answer may have been carried out all the same, and the error
 * says so: sending again without looking could run a prompt twice.
 */
export async function postDispatch(request: DispatchRequest): Promise<DispatchAnswer> {
  let response: Response;
  try {
    response = await fetch("/api/dispatch", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(30_000),
    });
  } catch {
    throw new ApiError(
      "The server did not answer. The prompt may have been sent: look at the jobs before sending it again",
    );
  }
  return await readJson<DispatchAnswer>(response);
}

export function fetchDoctor(): Promise<DoctorReport> {
  return getJson<DoctorReport>("/api/doctor");
}

/** A job's cost as the server works it out now. */
export async function fetchCost(job_id: string): Promise<Cost | null> {
  const path = `/api/jobs/${encodeURIComponent(job_id)}?limit=1`;
  return (await getJson<{ cost: Cost | null }>(path)).cost;
}

export function fetchJobs(query: JobsQuery): Promise<JobRow[]> {
  const search = new URLSearchParams({ limit: String(query.limit) });
  if (query.status) search.set("status", query.status);
  if (query.agent) search.set("agent", query.agent);
  return getJson<JobRow[]>(`/api/jobs?${search}`);
}

export function fetchJob(job_id: string): Promise<{ job: JobRow | null; events: EventRow[] }> {
  return getJson(`/api/jobs/${encodeURIComponent(job_id)}`);
}

/** Longer texts of a transcript come cut; the whole item is asked for when someone wants it. */
const MOST_CHARS = 20_000;

/** Items with `since < seq < before` of the transcript at `path`. */
export function fetchItems(
  path: string,
  range: { limit: number; since?: number | undefined; before?: number | undefined },
): Promise<TranscriptItem[]> {
  const search = new URLSearchParams({ max_chars: String(MOST_CHARS) });
  for (const [key, value] of Object.entries(range)) {
    if (value !== undefined) search.set(key, String(value));
  }
  return getJson(`${path}?${search}`);
}

/** One item with all of its text. */
export async function fetchItem(path: string, seq: number): Promise<TranscriptItem | undefined> {
  const items = await getJson<TranscriptItem[]>(`${path}?since=${seq - 1}&before=${seq + 1}`);
  return items[0];
}

export function fetchJobWork(job_id: string): Promise<CodexWork> {
  return getJson(`/api/jobs/${encodeURIComponent(job_id)}/turns`);
}

/** A thread with its newest turns and no items. */
export function fetchThread(thread_id: string): Promise<ThreadDetail> {
  return getJson(`/api/threads/${encodeURIComponent(thread_id)}?limit=0&turns=${SHOWN_TURNS}`);
}

/** Root threads as the threads page lists them, and after them the sub-agents below them. */
export function fetchThreads(query: ThreadsQuery & { limit: number }): Promise<ThreadListRow[]> {
  const search = new URLSearchParams({ roots: "true", sub_agents: "true" });
  for (const [key, value] of Object.entries(query)) {
    if (value !== null) search.set(key, String(value));
  }
  return getJson(`/api/threads?${search}`);
}

/** Whether the server answers at all within a few seconds. */
export async function isServerUp(): Promise<boolean> {
  try {
    const response = await fetch("/api/health", {
      cache: "no-store",
      signal: AbortSignal.timeout(5_000),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function getJson<T>(path: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(30_000) });
  } catch {
    throw new ApiError("The server did not answer");
  }
  return await readJson<T>(response);
}

async function readJson<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body as T;
  throw new ApiError(errorMessage(body) ?? `The server answered ${response.status}`);
}

function errorMessage(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { message, detail } = body as { message?: unknown; detail?: unknown };
  return [message, detail].find((text) => typeof text === "string");
}
