/**
 * The one way in: a batch's events, the rows they change and the source's cursor, in one
 * transaction. What is returned is what may be told; nothing is told before.
 */
import type { Change, EventPayload, NewEvent, WireEvent } from "../wire.ts";
import type { Store } from "./db.ts";
import { lastSeq } from "./events.ts";
import { fold } from "./fold.ts";
import { SearchIndex } from "./search_index.ts";
import { StoredTower } from "./tower.ts";

/** A source's place in one file, as `commit` keeps it. */
export interface StoredCursor {
  file_key: string;
  offset: number;
  state: string | null;
}

export interface NewBatch {
  source: string;
  events: NewEvent[];
  cursor: StoredCursor | null;
}

/** Files whose cursors are kept in memory; thousands of session files would take megabytes. */
const KEPT_FILES = 256;

interface StoredFile extends StoredCursor {
  file_id: number;
}

const INSERT = `
  INSERT INTO events
    (ts, type, session, agent, pane_id, window_name, job_id, payload, file_id, offset)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const SAVE_CURSOR = `
  UPDATE files SET offset = ?, state = ?, updated_ts = ? WHERE file_id = ?`;

export class Writer {
  readonly #store: Store;
  readonly #files = new Map<string, StoredFile>();
  #tower: StoredTower;
  #index: SearchIndex;
  #seq: number;

  constructor(store: Store) {
    this.#store = store;
    this.#tower = new StoredTower(store);
    this.#index = new SearchIndex(store);
    this.#seq = lastSeq(store);
  }

  /**
   * Stores a batch and returns what it changed. An event at an offset that the file's cursor has
   * passed is already stored and left out: a replay changes nothing. When it throws, nothing of the
   * batch is stored and the next call starts from what is.
   */
  commit(batch: NewBatch): Change {
    try {
      return this.#store.transaction(() => this.#write(batch));
    } catch (error) {
      this.#files.clear();
      this.#tower = new StoredTower(this.#store);
      this.#index = new SearchIndex(this.#store);
      this.#seq = lastSeq(this.#store);
      throw error;
    }
  }

  #write({ source, events, cursor }: NewBatch): Change {
    const file = cursor ? this.#file(source, cursor.file_key) : undefined;
    const stored: WireEvent[] = [];
    for (const { payload, payload_text, offset } of events) {
      if (file && offset !== null && offset < file.offset) continue;
      const job_id = fold(this.#tower, payload);
      const agent = payload.agent ?? null;
      const head = {
        ts: payload.ts,
        type: payload.type,
        session: payload.session ?? null,
        agent,
        pane_id: payload.pane_id ?? null,
        window_name: payload.window_name ?? null,
        job_id,
      };
      const id = this.#store.run(
        INSERT,
        head.ts,
        head.type,
        head.session,
        head.agent,
        head.pane_id,
        head.window_name,
        head.job_id,
        payload_text,
        offset === null ? null : file?.file_id ?? null,
        offset,
      );
      this.#index.add({ id, payload, job_id }, this.#tower);
      stored.push({ ...payload, ...head, id, seq: id });
      this.#seq = id;
    }
    if (file && cursor && (cursor.offset > file.offset || cursor.state !== file.state)) {
      file.offset = Math.max(cursor.offset, file.offset);
      file.state = cursor.state;
      this.#store.run(SAVE_CURSOR, file.offset, file.state, Date.now(), file.file_id);
    }
    const rows = this.#tower.flush();
    this.#index.flush();
    return { seq: this.#seq, events: stored, ...rows };
  }

  #file(source: string, file_key: string): StoredFile {
    const key = `${source}\n${file_key}`;
    let file = this.#files.get(key);
    if (!file) {
      const select =
        "SELECT file_id, file_key, offset, state FROM files WHERE source = ? AND file_key = ?";
      file = this.#store.get<StoredFile>(select, source, file_key);
      if (!file) {
        const file_id = this.#store.run(
          "INSERT INTO files (source, file_key, offset, state, updated_ts) VALUES (?, ?, 0, NULL, ?)",
          source,
          file_key,
          Date.now(),
        );
        file = { file_id, file_key, offset: 0, state: null };
      }
      if (this.#files.size >= KEPT_FILES) this.#files.clear();
      this.#files.set(key, file);
    }
    return file;
  }
}

/** Every cursor of a source, the newest last. */
export function listCursors(store: Store, source: string): StoredCursor[] {
  return store.all<StoredCursor>(
    "SELECT file_key, offset, state FROM files WHERE source = ? ORDER BY updated_ts, file_id",
    source,
  ).map((row) => ({ ...row }));
}

/** Every table that the fold makes. */
export const FOLDED = [
  "agents",
  "jobs",
  "dispatches",
  "held_prompts",
  "threads",
  "turns",
  "responses",
  "usage_slots",
  "limits",
] as const;

/** Rows that one pass of `rebuild` reads at a time: it bounds memory, not the transaction. */
const REBUILD_PAGE = 5_000;

/**
 * Makes every folded table again from the event log, in one transaction, and returns the
 * number of events read. A server on the same database must be stopped: it holds rows in memory.
 */
export function rebuild(store: Store, on_progress: (events: number) => void = () => {}): number {
  return store.transaction(() => {
    for (const table of FOLDED) store.db.exec(`DELETE FROM ${table}`);
    const index = new SearchIndex(store);
    index.clear();
    const tower = new StoredTower(store);
    let after = 0;
    let count = 0;
    for (;;) {
      const page = store.all<{ id: number; job_id: string | null; payload: string }>(
        "SELECT id, job_id, payload FROM events WHERE id > ? ORDER BY id LIMIT ?",
        after,
        REBUILD_PAGE,
      );
      for (const { id, job_id, payload } of page) {
        const event = JSON.parse(payload) as EventPayload;
        const folded = fold(tower, event);
        if (folded !== job_id) store.run("UPDATE events SET job_id = ? WHERE id = ?", folded, id);
        index.add({ id, payload: event, job_id: folded }, tower);
        after = id;
      }
      tower.flush();
      index.flush();
      count += page.length;
      if (page.length < REBUILD_PAGE) return count;
      on_progress(count);
    }
  });
}
