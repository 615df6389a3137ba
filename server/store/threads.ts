/** Reads of Codex's threads and turns. */
import type { JobRow, ThreadListRow, ThreadRow, TurnRow } from "../wire.ts";
import type { Store } from "./db.ts";

/** Which threads: every part that is left out narrows nothing. */
export interface ThreadsQuery {
  limit: number;
  agent?: string | undefined;
  /** Whether the pane that it ran in is known. */
  mapped?: boolean | undefined;
  /** Only threads that are no sub-agent of a thread that is known. */
  roots?: boolean | undefined;
  /** Only what comes after this row in the list's order. */
  before?: { updated_ts: number; thread_id: string } | undefined;
}

const LIST_SELECT = `
  SELECT threads.*,
    (SELECT COUNT(*) FROM turns WHERE turns.thread_id = threads.thread_id) AS turns,
    (SELECT status FROM turns WHERE turns.thread_id = threads.thread_id
     ORDER BY started_ts DESC, turn_id DESC LIMIT 1) AS turn_status,
    (SELECT origins.preview FROM threads AS origins
     WHERE origins.thread_id = threads.forked_from_id) AS forked_from_preview
  FROM threads`;

const IS_ROOT = `(parent_thread_id IS NULL OR NOT EXISTS (
  SELECT 1 FROM threads AS parents WHERE parents.thread_id = threads.parent_thread_id))`;

/** Threads, newest `updated_ts` first. */
export function listThreads(store: Store, query: ThreadsQuery): ThreadListRow[] {
  const { limit, agent, mapped, roots, before } = query;
  const where: string[] = [];
  const values: (string | number)[] = [];
  if (agent !== undefined) {
    where.push("agent = ?");
    values.push(agent);
  }
  if (mapped !== undefined) where.push(`agent IS ${mapped ? "NOT " : ""}NULL`);
  if (roots) where.push(IS_ROOT);
  if (before) {
    where.push("(updated_ts < ? OR updated_ts = ? AND thread_id > ?)");
    values.push(before.updated_ts, before.updated_ts, before.thread_id);
  }
  return store.all<ThreadListRow>(
    `${LIST_SELECT} ${where.length ? `WHERE ${where.join(" AND ")}` : ""}
     ORDER BY updated_ts DESC, thread_id LIMIT ?`,
    ...values,
    limit,
  );
}

/** Threads whose ids begin so; of these only what tells whose they are. */
/** Threads of which Codex's daemon said what they do. */
export function listLiveThreads(store: Store): string[] {
  return store.all<{ thread_id: string }>(
    "SELECT thread_id FROM threads WHERE live_status IS NOT NULL",
  ).map(({ thread_id }) => thread_id);
}

export function findThreadsById(
  store: Store,
  id_start: string,
): Pick<ThreadRow, "thread_id" | "agent" | "parent_thread_id">[] {
  return store.all(
    "SELECT thread_id, agent, parent_thread_id FROM threads WHERE thread_id >= ? AND thread_id < ?",
    id_start,
    // Ids are hexadecimal: no character of theirs comes after it.
    `${id_start}g`,
  );
}

/** Turns without an end, and the files that one would be written to. */
export function listRunningTurns(
  store: Store,
): { turn_id: string; thread_id: string; rollout: string }[] {
  return store.all(
    `SELECT turns.turn_id, thread_id, rollout FROM turns JOIN threads USING (thread_id)
     WHERE turns.status = 'running'`,
  );
}

/** Root threads as `listThreads` gives them, and after them all the sub-agents below them. */
export function listThreadTrees(
  store: Store,
  query: Omit<ThreadsQuery, "roots">,
): ThreadListRow[] {
  const roots = listThreads(store, { ...query, roots: true });
  return [...roots, ...listSubAgents(store, roots.map(({ thread_id }) => thread_id))];
}

/** A row's place in the list, `updated_ts:thread_id` as clients send it; undefined for no such text. */
export function parseThreadPlace(text: string): ThreadsQuery["before"] {
  const { ts, thread_id } = /^(?<ts>\d{1,15}):(?<thread_id>.+)$/s.exec(text)?.groups ?? {};
  return thread_id === undefined ? undefined : { updated_ts: Number(ts), thread_id };
}

export function findThread(store: Store, thread_id: string): ThreadRow | undefined {
  return store.get<ThreadRow>("SELECT * FROM threads WHERE thread_id = ?", thread_id);
}

/**
 * The sub-agents below these threads at any depth, oldest first; `parent_thread_id` makes the tree.
 * With `turn_ids` only those that worked for these turns of the tree's root.
 */
export function listSubAgents(
  store: Store,
  thread_ids: readonly string[],
  options: { turn_ids?: readonly string[] } = {},
): ThreadListRow[] {
  const { turn_ids } = options;
  // UNION, not UNION ALL: threads that name each other as parents end here.
  return store.all<ThreadListRow>(
    `WITH RECURSIVE tree (thread_id) AS (
       SELECT value FROM json_each(?)
       UNION
       SELECT threads.thread_id FROM threads JOIN tree ON parent_thread_id = tree.thread_id
     )
     ${LIST_SELECT}
     WHERE thread_id IN tree AND thread_id NOT IN (SELECT value FROM json_each(?))
       ${
      turn_ids === undefined ? "" : `AND EXISTS (
         SELECT 1 FROM turns WHERE turns.thread_id = threads.thread_id
           AND root_turn_id IN (SELECT value FROM json_each(?)))`
    }
     ORDER BY started_ts, thread_id`,
    JSON.stringify(thread_ids),
    JSON.stringify(thread_ids),
    ...(turn_ids === undefined ? [] : [JSON.stringify(turn_ids)]),
  );
}

/** Threads that were forked from this one, oldest first. */
export function listForks(store: Store, thread_id: string): ThreadListRow[] {
  return store.all<ThreadListRow>(
    `${LIST_SELECT} WHERE forked_from_id = ? ORDER BY started_ts, thread_id`,
    thread_id,
  );
}

/** The newest turns of a thread, oldest first. */
export function listTurns(
  store: Store,
  thread_id: string,
  options: { limit: number },
): TurnRow[] {
  return store.all<TurnRow & { job_ids: string }>(
    "SELECT * FROM turns WHERE thread_id = ? ORDER BY started_ts DESC, turn_id DESC LIMIT ?",
    thread_id,
    options.limit,
  ).map(turnRow).reverse();
}

export function findTurn(store: Store, turn_id: string): TurnRow | undefined {
  const row = store.get<TurnRow & { job_ids: string }>(
    "SELECT * FROM turns WHERE turn_id = ?",
    turn_id,
  );
  return row && turnRow(row);
}

/** The turns that a job's prompt is in, oldest first: one, or none while no session file names it. */
export function listJobTurns(store: Store, job: JobRow): TurnRow[] {
  if (job.thread_id === null) return [];
  return store.all<TurnRow & { job_ids: string }>(
    `SELECT * FROM turns
     WHERE thread_id = ? AND EXISTS (SELECT 1 FROM json_each(job_ids) WHERE value = ?)
     ORDER BY started_ts, turn_id`,
    job.thread_id,
    job.job_id,
  ).map(turnRow);
}

function turnRow(stored: TurnRow & { job_ids: string }): TurnRow {
  return { ...stored, job_ids: JSON.parse(stored.job_ids) as string[] };
}
