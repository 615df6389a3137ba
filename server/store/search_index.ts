/**
 * Fills the search index beside the fold, in the same transaction: live and in a rebuild alike. Every
 * text is found once: a prompt that stands in the event file and in Codex's session file is one.
 */
import type { EventPayload, SearchKind } from "../wire.ts";
import type { Store } from "./db.ts";
import { findJob } from "./job_rules.ts";
import { indexed, searchedText } from "./search_text.ts";
import type { Tower } from "./state.ts";

/** Ids of one millisecond. */
const IDS_PER_MS = 1_024;
const LATEST_TS = 2 ** 42 - 1;

/** The first id of a moment; ids are in the order of time. Never throws, whatever the number. */
export function firstDocId(ts: number): number {
  return Math.min(LATEST_TS, Math.max(0, Math.floor(ts))) * IDS_PER_MS;
}

/** Whether the events in a database are older than its search index: a rebuild makes it. */
export function isUnindexed(store: Store): boolean {
  if (store.get("SELECT 1 FROM search_items LIMIT 1")) return false;
  const texts = [
    "SELECT 1 FROM events INDEXED BY events_items WHERE type = 'turn_item' LIMIT 1",
    "SELECT 1 FROM jobs WHERE dispatch_id IS NOT NULL AND prompt_text IS NOT NULL LIMIT 1",
  ];
  return texts.some((sql) => store.get(sql) !== undefined);
}

/** An event on its way into the index: its row id and the job that the fold found for it. */
export interface IndexedEvent {
  id: number;
  payload: EventPayload;
  job_id: string | null;
}

interface Doc {
  doc_id: number;
  text: string;
}

export class SearchIndex {
  readonly #store: Store;
  readonly #docs: Doc[] = [];
  /** The last id given, and where it was looked for: a burst of one moment is not counted again. */
  #last = { first: -1, doc_id: -1 };

  constructor(store: Store) {
    this.#store = store;
  }

  /** Takes what can be searched of an event that is stored and folded. */
  add(event: IndexedEvent, tower: Tower): void {
    const { payload, job_id } = event;
    const searched = searchedText(payload);
    if (!searched) return;
    const { kind, text } = searched;
    if (payload.type === "dispatch") {
      const ids = payload.jobs?.length ? payload.jobs.map((job) => job.job_id) : [payload.job_id];
      for (const id of ids) if (id) this.#addPrompt(event, { job_id: id, text });
    } else if (payload.type === "turn_item" && payload.markers.length > 0) {
      // A prompt that is held is that of several jobs, of which it is not known yet which one.
      if (payload.markers.some((marker) => tower.heldPrompt(marker))) return;
      const jobs = payload.markers.flatMap((marker) => findJob(tower, marker)?.job_id ?? []);
      const is_prompt = jobs.map((id) => this.#addPrompt(event, { job_id: id, text }, true));
      if (!is_prompt.includes(true)) this.#add(event, { kind, job_id, text });
    } else {
      this.#add(event, { kind, job_id, text });
    }
  }

  /** Writes the texts, in order: FTS5 writes all it has whenever an id is lower than the last one. */
  flush(): void {
    for (const { doc_id, text } of this.#docs.sort((a, b) => a.doc_id - b.doc_id)) {
      this.#store.run("INSERT INTO search_text (rowid, text) VALUES (?, ?)", doc_id, indexed(text));
    }
    this.#docs.length = 0;
  }

  /** Forgets everything, also what is stored: before a rebuild. */
  clear(): void {
    this.#docs.length = 0;
    this.#store.db.exec("DELETE FROM search_items");
    this.#store.db.exec("INSERT INTO search_text (search_text) VALUES ('delete-all')");
  }

  /**
   * A job's prompt, unless it is known already. Returns whether the text is the job's prompt; with
   * `only_first` a job that has another one keeps it.
   */
  #addPrompt(
    event: IndexedEvent,
    { job_id, text }: { job_id: string; text: string },
    only_first = false,
  ): boolean {
    const known = this.#prompt(job_id);
    if (known !== undefined && isSame(known, text)) return true;
    if (known !== undefined && only_first) return false;
    this.#add(event, { kind: "prompt", job_id, text });
    return true;
  }

  #prompt(job_id: string): string | undefined {
    const row = this.#store.get<{ payload: string }>(
      `SELECT payload FROM search_items JOIN events ON events.id = search_items.event_id
       WHERE kind = 'prompt' AND search_items.job_id = ? ORDER BY event_id DESC LIMIT 1`,
      job_id,
    );
    return row && searchedText(JSON.parse(row.payload) as EventPayload)?.text;
  }

  #add(
    { id, payload }: IndexedEvent,
    { kind, job_id, text }: { kind: SearchKind; job_id: string | null; text: string },
  ): void {
    const doc_id = this.#newId(payload.ts);
    this.#store.run(
      `INSERT INTO search_items (doc_id, event_id, kind, job_id, thread_id, turn_id)
       VALUES (?, ?, ?, ?, ?, ?)`,
      doc_id,
      id,
      kind,
      job_id,
      "thread_id" in payload ? payload.thread_id : null,
      "turn_id" in payload ? payload.turn_id : null,
    );
    this.#docs.push({ doc_id, text });
  }

  /** The next free id of a moment; when all of it are taken, of the moment after. */
  #newId(ts: number): number {
    const first = firstDocId(ts);
    let doc_id = this.#last.first === first ? this.#last.doc_id + 1 : first;
    for (;;) {
      const end = doc_id - doc_id % IDS_PER_MS + IDS_PER_MS;
      const taken = this.#store.get<{ doc_id: number | null }>(
        "SELECT max(doc_id) AS doc_id FROM search_items WHERE doc_id >= ? AND doc_id < ?",
        doc_id,
        end,
      )?.doc_id;
      doc_id = taken === null || taken === undefined ? doc_id : taken + 1;
      if (doc_id < end) break;
    }
    this.#last = { first, doc_id };
    return doc_id;
  }
}

/** Spaces and line ends aside: codexctl types them as it likes. */
function isSame(a: string, b: string): boolean {
  return a.replace(/\s+/g, "") === b.replace(/\s+/g, "");
}
