/**
 * What pages know of Codex's threads, and the news of them: the socket says that a thread's session
 * file grew, and whoever shows that thread asks for what is new.
 */
import { signal } from "@preact/signals";
import type { CodexWork, ThreadDetail, WireEvent } from "../server/wire.ts";
import type { PageState, ThreadPage } from "./page_state.ts";

/** The thread and turns of the job that the page shows. */
export const job_work = signal<CodexWork | null>(null);
export const thread_detail = signal<ThreadDetail | null>(null);
export const thread_page = signal<ThreadPage | null>(null);

export function loadCodex(state: PageState): void {
  job_work.value = state.job_work;
  thread_detail.value = state.thread_detail;
  thread_page.value = state.thread_page;
}

/** Threads that changed; null when any may have. */
export type ThreadNews = ReadonlySet<string> | null;

const listeners = new Set<(news: ThreadNews) => void>();

/** Calls back whenever a thread may have changed, until the returned function is called. */
export function onThreadNews(listener: (news: ThreadNews) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells which threads these events are of. */
export function tellThreads(events: readonly WireEvent[]): void {
  if (listeners.size === 0) return;
  const threads = new Set<string>();
  for (const { thread_id } of events) if (typeof thread_id === "string") threads.add(thread_id);
  if (threads.size > 0) tell(threads);
}

/** Tells that events may have been missed. */
export function tellAnyThread(): void {
  tell(null);
}

function tell(news: ThreadNews): void {
  for (const listener of [...listeners]) listener(news);
}

/** Every thread of a piece of work: its own and its sub-agents'. */
export function threadsOf({ thread, sub_agents }: CodexWork): string[] {
  const ids = sub_agents.map(({ thread_id }) => thread_id);
  return thread ? [thread.thread_id, ...ids] : ids;
}
