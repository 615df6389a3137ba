/**
 * Opens the database: one file, WAL, one writer. Migrations are numbered SQL files, each run once in
 * a transaction of its own; `user_version` says how far a file is.
 */
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { CodexdashError, errorText } from "../error.ts";
import start from "./migrations/001_start.sql" with { type: "text" };
import threads from "./migrations/002_threads.sql" with { type: "text" };
import status_code from "./migrations/003_status_code.sql" with { type: "text" };
import turn_items from "./migrations/004_turn_items.sql" with { type: "text" };
import estimates from "./migrations/005_estimates.sql" with { type: "text" };
import usage from "./migrations/006_usage.sql" with { type: "text" };
import search from "./migrations/007_search.sql" with { type: "text" };
import live from "./migrations/008_live.sql" with { type: "text" };
import held_prompts from "./migrations/009_held_prompts.sql" with { type: "text" };

const MIGRATIONS: readonly string[] = [
  start,
  threads,
  status_code,
  turn_items,
  estimates,
  usage,
  search,
  live,
  held_prompts,
];

export type Row = Record<string, SQLInputValue>;

export class Store implements Disposable {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, path: string) {
    this.db = db;
    this.path = path;
  }

  /** Rows of a query. The caller names their type: SQL and type stand side by side. */
  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#statement(sql).all(...values) as T[];
  }

  get<T>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.#statement(sql).get(...values) as T | undefined;
  }

  /** Runs a statement and returns the row id of its insert. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  /** Begin, do, commit; a throw rolls everything back and goes on to the caller. */
  transaction<T>(work: () => T): T {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.db.exec("COMMIT");
      return result;
    } catch (error) {
      try {
        this.db.exec("ROLLBACK");
      } catch {
        // SQLite has already rolled back, as it does on a full disk: the first error is the one to tell.
      }
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.db.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, statement = this.db.prepare(sql));
    return statement;
  }
}

/**
 * Opens or creates the database at `path` (folder 0700, file 0600) and migrates it. With `readonly`
 * it must exist and is not migrated. Throws `CodexdashError` "unavailable" that names the file when
 * it cannot be opened, "conflict" when a newer CodexDash wrote it.
 */
export function openStore(path: string, options: { readonly?: boolean } = {}): Store {
  const readonly = options.readonly ?? false;
  if (readonly && !existsSync(path)) {
    throw new CodexdashError(
      "unavailable",
      `Cannot read "${path}": there is no database yet; start one with codexdash serve`,
    );
  }
  let store: Store | undefined;
  try {
    if (!readonly) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const db = new DatabaseSync(path, { readOnly: readonly });
    store = new Store(db, path);
    db.exec("PRAGMA busy_timeout = 5000");
    if (!readonly) {
      chmodSync(path, 0o600);
      db.exec("PRAGMA journal_mode = WAL");
      db.exec("PRAGMA synchronous = NORMAL");
      db.exec("PRAGMA foreign_keys = ON");
    }
    migrate(store, readonly);
    return store;
  } catch (error) {
    store?.close();
    if (error instanceof CodexdashError) throw error;
    throw new CodexdashError(
      "unavailable",
      `Cannot open the database "${path}": ${errorText(error)}`,
      { cause: error },
    );
  }
}

function migrate(store: Store, readonly: boolean): void {
  const version = store.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  if (version > MIGRATIONS.length) {
    throw new CodexdashError(
      "conflict",
      `Cannot use the database "${store.path}": a newer CodexDash wrote it (version ${version}, ` +
        `this one knows ${MIGRATIONS.length}); upgrade codexdash or set CODEXDASH_DB to another file`,
    );
  }
  if (readonly && version < MIGRATIONS.length) {
    throw new CodexdashError(
      "unavailable",
      `Cannot read "${store.path}": an older CodexDash wrote it; run codexdash serve once`,
    );
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    store.transaction(() => {
      store.db.exec(sql);
      store.db.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}
