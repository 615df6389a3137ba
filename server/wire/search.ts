/** What a search finds. */
import type { JobStatus } from "./status.ts";

/** What can be found, by what it is. */
export const SEARCH_KINDS = [
  "prompt",
  "user",
  "assistant",
  "reasoning",
  "plan",
  "command",
  "file_change",
  "error",
] as const;
export type SearchKind = typeof SEARCH_KINDS[number];

/** A piece of a snippet, on one line; `match` says that the query found it. */
export interface SnippetPart {
  text: string;
  match: boolean;
}

/** One text that a search found. */
export interface SearchResult {
  /** Where the next page starts: `before=<id>`. Ids are in the order of time. */
  id: number;
  kind: SearchKind;
  ts: number;
  /** The event that the text stands in. */
  seq: number;
  agent: string | null;
  /** The job that it is part of, also by way of a sub-agent. */
  job_id: string | null;
  thread_id: string | null;
  turn_id: string | null;
  /** The job's status now; null where there is no job. */
  status: JobStatus | null;
  snippet: SnippetPart[];
}
