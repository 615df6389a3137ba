/** A database file of its own and short ways to put events into it. */
import { join } from "node:path";
import { openStore, type Store } from "../../server/store/db.ts";
import { FOLDED, Writer } from "../../server/store/commit.ts";
import type { Change, EventPayload } from "../../server/wire.ts";

/** Every row of the folded tables and every word of the search index. */
export function dumpFolded(store: Store): Record<string, unknown[]> {
  store.db.exec(
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_words " +
      "USING fts5vocab(main, search_text, instance)",
  );
  return Object.fromEntries(
    [...FOLDED, "search_items", "search_words"].map((table) => [
      table,
      store.all(`SELECT * FROM ${table} ORDER BY 1, 2`).map((row) => ({ ...row as object })),
    ]),
  );
}

export class TestStore implements Disposable {
  readonly #dir = Deno.makeTempDirSync({ prefix: "codexdash-store-" });
  readonly store: Store = openStore(join(this.#dir, "codexdash.db"));
  readonly writer = new Writer(this.store);

  /** Commits events as a source without a file would. */
  commit(...events: EventPayload[]): Change {
    return this.writer.commit({
      source: "screens",
      cursor: null,
      events: events.map((payload) => ({
        payload,
        payload_text: JSON.stringify(payload),
        offset: null,
      })),
    });
  }

  /** Every row of the folded tables and every word of the search index, to compare. */
  dump(): Record<string, unknown[]> {
    return dumpFolded(this.store);
  }

  [Symbol.dispose](): void {
    this.store.close();
    Deno.removeSync(this.#dir, { recursive: true });
  }
}
