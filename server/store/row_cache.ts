/** One table's rows as the fold works on them: loaded when asked for, written when they changed. */
import type { Row, Store } from "./db.ts";

interface Kept<T> {
  row: T;
  /** What was last written, to leave unchanged rows alone. */
  written: string;
}

export interface RowCacheOptions<T> {
  table: string;
  key: keyof T & string;
  /** Columns that hold JSON. */
  json?: readonly (keyof T & string)[];
}

export class RowCache<T extends object> {
  readonly #store: Store;
  readonly #options: RowCacheOptions<T>;
  readonly #rows = new Map<string, Kept<T>>();
  readonly #touched = new Set<Kept<T>>();
  /** Rows that `save` has written since the last `flush`. */
  readonly #saved = new Set<Kept<T>>();

  constructor(store: Store, options: RowCacheOptions<T>) {
    this.#store = store;
    this.#options = options;
  }

  /** A row to read or change, or undefined when there is none. */
  get(id: string): T | undefined {
    let kept = this.#rows.get(id);
    if (!kept) {
      const { table, key } = this.#options;
      const stored = this.#store.get<Row>(`SELECT * FROM ${table} WHERE ${key} = ?`, id);
      if (!stored) return undefined;
      kept = this.#keep(id, this.#decode(stored));
    }
    this.#touched.add(kept);
    return kept.row;
  }

  /** A new row; its values may still change before `flush`. */
  add(id: string, row: T): T {
    const kept = { row, written: "" };
    this.#rows.set(id, kept);
    this.#touched.add(kept);
    return row;
  }

  /** Reads the whole table in: for tables that stay small. */
  loadAll(): void {
    const { table, key } = this.#options;
    for (const stored of this.#store.all<Row>(`SELECT * FROM ${table}`)) {
      this.#keep(String(stored[key]), this.#decode(stored));
    }
  }

  /** Rows in memory, to look for one; `get` the one that is to be changed. */
  *rows(): Iterable<T> {
    for (const { row } of this.#rows.values()) yield row;
  }

  /** Rows of this transaction that may not be in the database yet. */
  *touched(): Iterable<T> {
    for (const { row } of this.#touched) yield row;
  }

  /** Writes what changed, so that a query sees it; rows at hand may go on changing. */
  save(): void {
    for (const kept of this.#touched) {
      const text = JSON.stringify(kept.row);
      if (text === kept.written) continue;
      kept.written = text;
      this.#write(kept.row);
      this.#saved.add(kept);
    }
  }

  /** Writes what changed and returns it. */
  flush(): T[] {
    this.save();
    const changed = [...this.#saved].map(({ row }) => row);
    this.#touched.clear();
    this.#saved.clear();
    return changed;
  }

  /** Drops rows from memory when there are more than `limit`, the oldest first; never with changes. */
  forget(limit: number, may_forget: (row: T) => boolean): void {
    if (this.#rows.size <= limit) return;
    for (const [id, { row }] of this.#rows) {
      if (this.#rows.size <= limit / 2) break;
      if (may_forget(row)) this.#rows.delete(id);
    }
  }

  #keep(id: string, row: T): Kept<T> {
    const kept = { row, written: JSON.stringify(row) };
    this.#rows.set(id, kept);
    return kept;
  }

  #decode(stored: Row): T {
    const row: Record<string, unknown> = { ...stored };
    for (const column of this.#options.json ?? []) row[column] = JSON.parse(String(row[column]));
    return row as T;
  }

  #write(row: T): void {
    const stored: Record<string, unknown> = Object.fromEntries(Object.entries(row));
    for (const column of this.#options.json ?? []) stored[column] = JSON.stringify(stored[column]);
    const columns = Object.keys(stored);
    this.#store.run(
      `INSERT OR REPLACE INTO ${this.#options.table} (${columns.join(", ")}) ` +
        `VALUES (${columns.map(() => "?").join(", ")})`,
      ...Object.values(stored as Row),
    );
  }
}
