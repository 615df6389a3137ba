/** Reads of transcripts: the `turn_item` events of a thread, or of the turns that serve a job. */
import type { TranscriptItem, TurnItemEvent, TurnRow } from "../wire.ts";
import type { Store } from "./db.ts";

/** Which part of a transcript: items with `since < seq < before`. */
export interface ItemRange {
  /** Most items: the newest of the part, or with `since` the oldest. */
  limit: number;
  since?: number | undefined;
  before?: number | undefined;
  /** Texts longer than this are cut in the middle; their item says so in `cut`. */
  max_chars?: number | undefined;
}

interface StoredItem {
  id: number;
  payload: string;
}

/** Items of a thread's own transcript, oldest first. */
export function listThreadItems(
  store: Store,
  thread_id: string,
  range: ItemRange,
): TranscriptItem[] {
  const { order, values } = bounds(range);
  return inOrder(
    store.all<StoredItem>(
      `SELECT id, payload FROM events
       WHERE type = 'turn_item' AND payload ->> 'thread_id' = ? AND id > ? AND id < ?
       ORDER BY id ${order} LIMIT ?`,
      thread_id,
      ...values,
    ),
    range,
  );
}

/** Items of these turns, oldest first; also those that came after their turn's end. */
export function listTurnItems(
  store: Store,
  turns: readonly TurnRow[],
  range: ItemRange,
): TranscriptItem[] {
  const { order, values } = bounds(range);
  // The plus keeps SQLite to the turn's index: a thread's holds all of its turns.
  const found = turns.flatMap(({ turn_id, thread_id }) =>
    store.all<StoredItem>(
      `SELECT id, payload FROM events
       WHERE type = 'turn_item' AND payload ->> 'turn_id' = ? AND +(payload ->> 'thread_id') = ?
         AND id > ? AND id < ?
       ORDER BY id ${order} LIMIT ?`,
      turn_id,
      thread_id,
      ...values,
    )
  );
  return inOrder(found, range);
}

function bounds({ since, before, limit }: ItemRange) {
  return {
    order: since === undefined ? "DESC" : "ASC",
    values: [since ?? 0, before ?? Number.MAX_SAFE_INTEGER, limit] as const,
  };
}

function inOrder(found: StoredItem[], { since, limit, max_chars }: ItemRange): TranscriptItem[] {
  const sorted = found.sort((a, b) => a.id - b.id);
  const kept = since === undefined
    ? sorted.slice(Math.max(0, sorted.length - limit))
    : sorted.slice(0, limit);
  return kept.map((stored) => transcriptItem(stored, max_chars ?? Infinity));
}

function transcriptItem({ id, payload }: StoredItem, max_chars: number): TranscriptItem {
  const event = JSON.parse(payload) as TurnItemEvent;
  let cut = false;
  const shorten = (text: string | null) => {
    if (text === null || text.length <= max_chars) return text;
    cut = true;
    return cutMiddle(text, max_chars);
  };
  const item = {
    seq: id,
    ts: event.ts,
    turn_id: event.turn_id,
    item_id: event.item_id,
    item: event.item,
    text: shorten(event.text),
    command: shorten(event.command),
    cwd: event.cwd,
    output: shorten(event.output),
    exit_code: event.exit_code,
    status: event.status,
    duration_ms: event.duration_ms,
    changes: event.changes?.map((change) => ({ ...change, diff: shorten(change.diff) })) ?? null,
    child_thread_id: event.child_thread_id,
  };
  return { ...item, cut };
}

/** Both ends of a text, with the number of characters that are left out on a line between them. */
function cutMiddle(text: string, max_chars: number): string {
  const half = Math.floor(max_chars / 2);
  const left_out = text.length - 2 * half;
  const start = text.slice(0, half).toWellFormed();
  const end = text.slice(text.length - half).toWellFormed();
  return `${start}\n… ${left_out} characters left out …\n${end}`;
}
