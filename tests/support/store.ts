/** A database file of its own and short ways to put events into it. */
import { join } from "node:path";
import { openStore, type Store } from "../../server/store/db.ts";
import { FOLDED, Writer } from "../../server/store/commit.ts";
import type { Change, EventPayload } from "../../server/wire.ts";

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

  /** Every row of the folded tables, to compare before and after. */
  dump(): Record<string, unknown[]> {
    return Object.fromEntries(
      FOLDED.map((table) => [
        table,
        this.store.all(`SELECT * FROM ${table} ORDER BY 1`).map((row) => ({ ...row as object })),
      ]),
    );
  }

  [Symbol.dispose](): void {
    this.store.close();
    Deno.removeSync(this.#dir, { recursive: true });
  }
}
