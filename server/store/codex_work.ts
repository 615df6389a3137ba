/** What a job or a thread is in Codex, put together from threads and turns. */
import type { CodexWork, JobRow, ThreadDetail, ThreadRow } from "../wire.ts";
import type { Store } from "./db.ts";
import { findThread, listForks, listJobTurns, listSubAgents, listTurns } from "./threads.ts";

/** A job's thread, the turns that serve it, and the sub-agents that worked for those. */
export function readJobWork(store: Store, job: JobRow): CodexWork {
  const thread = job.thread_id === null ? undefined : findThread(store, job.thread_id);
  if (!thread) return { thread: null, turns: [], sub_agents: [] };
  const turns = listJobTurns(store, job);
  const turn_ids = turns.map(({ turn_id }) => turn_id);
  return { thread, turns, sub_agents: listSubAgents(store, [thread.thread_id], { turn_ids }) };
}

/** A thread with its newest `turns`, its sub-agents, and what it comes from and led to. */
export function readThreadDetail(
  store: Store,
  thread: ThreadRow,
  options: { turns: number },
): ThreadDetail {
  const { thread_id, parent_thread_id, forked_from_id } = thread;
  const find = (id: string | null) => id === null ? null : findThread(store, id) ?? null;
  return {
    thread,
    turns: listTurns(store, thread_id, { limit: options.turns }),
    sub_agents: listSubAgents(store, [thread_id]),
    parent: find(parent_thread_id),
    forked_from: find(forked_from_id),
    forks: listForks(store, thread_id),
  };
}
