/** An export as pieces of text, for whoever passes them on: the server as a stream, the command to a file. */
import { type ExportScope, readExport } from "../store/export.ts";
import type { Store } from "../store/db.ts";
import { JsonWriter } from "./json.ts";
import { MarkdownWriter } from "./markdown.ts";
import { TextWriter } from "./text.ts";
import type { ExportWriter } from "./writer.ts";

export type { ExportScope } from "../store/export.ts";

/** By the ending of a file's name. */
export const EXPORT_FORMATS = ["md", "json", "txt"] as const;
export type ExportFormat = typeof EXPORT_FORMATS[number];

export const EXPORT_TYPES: Readonly<Record<ExportFormat, string>> = {
  md: "text/markdown; charset=utf-8",
  json: "application/json",
  txt: "text/plain; charset=utf-8",
};

const WRITERS: Readonly<Record<ExportFormat, () => ExportWriter>> = {
  md: () => new MarkdownWriter(),
  json: () => new JsonWriter(),
  txt: () => new TextWriter(),
};

/** A piece is passed on when it is this long: many small ones cost more than they are worth. */
const PIECE_CHARACTERS = 64_000;

/** The export as text, made while it is asked for; at any time no more of it exists than a piece. */
export function* exportText(
  store: Store,
  { scope, format, version }: { scope: ExportScope; format: ExportFormat; version: string },
): Generator<string> {
  const writer = WRITERS[format]();
  let piece = writer.begin({ version, exported_ts: Date.now(), scope });
  for (const part of readExport(store, scope)) {
    piece += writer.write(part);
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  yield piece + writer.end();
}

/** Years have four digits. */
const LAST_TS = Date.UTC(9999, 11, 31);

/** A name that no shell, header or file system minds. */
export function exportName(scope: ExportScope, format: ExportFormat): string {
  const clean = (text: string) => text.replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, 80);
  const minute = (ts: number) =>
    new Date(Math.min(ts, LAST_TS)).toISOString().slice(0, 16).replaceAll(":", "");
  const { job_id, agent, from_ts, to_ts } = scope;
  const words = [
    job_id !== undefined && `job-${clean(job_id)}`,
    agent !== undefined && `agent-${clean(agent)}`,
    from_ts !== undefined && `from-${minute(from_ts)}`,
    to_ts !== undefined && `to-${minute(to_ts)}`,
  ];
  return `${["codexdash", ...words.filter(Boolean)].join("-")}.${format}`;
}
