/** Where an export comes from: the server while it runs, else the database. */
import type { Config } from "../server/config.ts";
import { CodexdashError } from "../server/error.ts";
import { type ExportFormat, type ExportScope, exportText } from "../server/export/export.ts";
import { readExportScope } from "../server/export/scope.ts";
import { openStore } from "../server/store/db.ts";
import { VERSION } from "../server/version.ts";
import { findServer, getStream } from "./server_link.ts";

/**
 * The export, piece by piece. Throws `CodexdashError` "not_found" for an unknown job or agent, "invalid"
 * for a scope that is none, "unavailable" when there is no database.
 */
export async function openExport(
  config: Config,
  { scope, format }: { scope: ExportScope; format: ExportFormat },
): Promise<AsyncIterable<Uint8Array>> {
  const server = await findServer(config.dir);
  if (server) {
    const { job_id = "", agent = "", from_ts = "", to_ts = "" } = scope;
    const range = { from: String(from_ts), to: String(to_ts) };
    const query = new URLSearchParams({ job: job_id, agent, ...range, format });
    return whole(await getStream(server.url, `/api/export?${query}`));
  }
  const store = openStore(config.db, { readonly: true });
  try {
    const known = readExportScope(store, scope);
    return encoded(store, exportText(store, { scope: known, format, version: VERSION }));
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Half an export is none: the server may stop in the midst of it. */
async function* whole(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    throw new CodexdashError(
      "unavailable",
      "Cannot read the export to its end: the server stopped; try again",
      { cause },
    );
  }
}

async function* encoded(
  store: Disposable,
  pieces: Generator<string>,
): AsyncGenerator<Uint8Array> {
  using _store = store;
  const encoder = new TextEncoder();
  for (const piece of pieces) yield encoder.encode(piece);
}
