/** Reads of Codex's threads and turns. */
import type { ThreadRow, TranscriptItem, TurnItemEvent, TurnRow } from "../wire.ts";
import type { Store } from "./db.ts";

/** Threads, newest `updated_ts` first. */
export function listThreads(
  store: Store,
  options: { limit: number; agent?: string | undefined },
): ThreadRow[] {
  const { limit, agent } = options;
  const where = agent === undefined ? "" : "WHERE agent = ?";
  return store.all<ThreadRow>(
    `SELECT * FROM threads ${where} ORDER BY updated_ts DESC, thread_id LIMIT ?`,
    ...(agent === undefined ? [] : [agent]),
    limit,
  );
}

export function findThread(store: Store, thread_id: string): ThreadRow | undefined {
  return store.get<ThreadRow>("SELECT * FROM threads WHERE thread_id = ?", thread_id);
}

/** A thread's sub-agents, oldest first. */
export function listChildThreads(store: Store, thread_id: string): ThreadRow[] {
  return store.all<ThreadRow>(
    "SELECT * FROM threads WHERE parent_thread_id = ? ORDER BY started_ts",
    thread_id,
  );
}

/** A thread's turns, oldest first. */
export function listTurns(store: Store, thread_id: string): TurnRow[] {
  return store.all<TurnRow & { job_ids: string }>(
    "SELECT * FROM turns WHERE thread_id = ? ORDER BY started_ts, turn_id",
    thread_id,
  ).map(turnRow);
}

function turnRow(stored: TurnRow & { job_ids: string }): TurnRow {
  return { ...stored, job_ids: JSON.parse(stored.job_ids) as string[] };
}

interface StoredItem {
  id: number;
  payload: string;
}

/** The newest items of a thread's transcript, oldest first. */
export function listThreadItems(
  store: Store,
  thread_id: string,
  options: { limit: number },
): TranscriptItem[] {
  return store.all<StoredItem>(
    `SELECT id, payload FROM events
     WHERE type = 'turn_item' AND payload ->> 'thread_id' = ? ORDER BY id DESC LIMIT ?`,
    thread_id,
    options.limit,
  ).map(transcriptItem).reverse();
}

/** The newest items of a job's transcript, oldest first. */
export function listJobItems(
  store: Store,
  job_id: string,
  options: { limit: number },
): TranscriptItem[] {
  return store.all<StoredItem>(
    `SELECT id, payload FROM events
     WHERE job_id = ? AND type = 'turn_item' ORDER BY id DESC LIMIT ?`,
    job_id,
    options.limit,
  ).map(transcriptItem).reverse();
}

function transcriptItem({ id, payload }: StoredItem): TranscriptItem {
  const event = JSON.parse(payload) as TurnItemEvent;
  return {
    seq: id,
    ts: event.ts,
    turn_id: event.turn_id,
    item: event.item,
    text: event.text,
    command: event.command,
    cwd: event.cwd,
    output: event.output,
    exit_code: event.exit_code,
    status: event.status,
    duration_ms: event.duration_ms,
    changes: event.changes,
    child_thread_id: event.child_thread_id,
  };
}
