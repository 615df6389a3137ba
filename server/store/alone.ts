/** Having the database to oneself. */
import type { Store } from "./db.ts";

/**
 * Takes the database for this connection alone, until it closes; false when another one has it open.
 * SQLite leaves WAL mode only for a connection without company, so asking for that is the test; in
 * exclusive mode nobody else gets in afterwards.
 */
export function takeAlone(store: Store): boolean {
  store.db.exec("PRAGMA busy_timeout = 0");
  try {
    store.db.exec("PRAGMA journal_mode = DELETE");
  } catch {
    return false;
  }
  store.db.exec("PRAGMA locking_mode = EXCLUSIVE");
  store.db.exec("PRAGMA journal_mode = WAL");
  return true;
}
