/** Full-text search over prompts, transcripts and commands, newest first. */
import type { EventPayload, JobStatus, SearchKind, SearchResult, SnippetPart } from "../wire.ts";
import type { Store } from "./db.ts";
import { firstDocId } from "./search_index.ts";
import { readQuery } from "./search_query.ts";
import { searchedText } from "./search_text.ts";
import { markSnippets } from "./snippet.ts";

export interface SearchQuery {
  q: string;
  limit: number;
  agent?: string | undefined;
  /** Only what belongs to a job in this status. */
  status?: JobStatus | undefined;
  kind?: SearchKind | undefined;
  from_ts?: number | undefined;
  /** Only what is older. */
  to_ts?: number | undefined;
  /** The `id` of the last result of the page before. */
  before?: number | undefined;
}

interface Found {
  id: number;
  event_id: number;
  kind: SearchKind;
  agent: string | null;
  job_id: string | null;
  thread_id: string | null;
  turn_id: string | null;
  status: JobStatus | null;
}

/** A sub-agent's turn works for the jobs of the turn that its tree's root was in. */
const JOB_ID = "coalesce(items.job_id, turns.job_ids ->> '$[0]', roots.job_ids ->> '$[0]')";
const AGENT = "coalesce(jobs.agent, threads.agent, roots.agent)";

/**
 * What matches, newest first. Throws `CodexdashError` "bad_query" for a query that cannot be searched
 * for.
 */
export function search(store: Store, query: SearchQuery): SearchResult[] {
  const match = readQuery(query.q);
  const filters = Object.entries({
    [`${AGENT} = ?`]: query.agent,
    "jobs.status = ?": query.status,
    "items.kind = ?": query.kind,
  }).filter((filter): filter is [string, string] => filter[1] !== undefined);
  const to = query.to_ts === undefined ? Number.MAX_SAFE_INTEGER : firstDocId(query.to_ts);
  const found = store.all<Found>(
    // CROSS JOIN: the words first, in the order of their ids, until there are enough.
    `SELECT items.doc_id AS id, items.event_id, items.kind, ${AGENT} AS agent, ${JOB_ID} AS job_id,
       items.thread_id, items.turn_id, jobs.status
     FROM search_text
     CROSS JOIN search_items AS items ON items.doc_id = search_text.rowid
     LEFT JOIN turns ON turns.turn_id = items.turn_id
     LEFT JOIN turns AS roots ON roots.turn_id = turns.root_turn_id
     LEFT JOIN threads ON threads.thread_id = items.thread_id
     LEFT JOIN jobs ON jobs.job_id = ${JOB_ID}
     WHERE search_text MATCH ? AND search_text.rowid >= ? AND search_text.rowid < ?
       ${filters.map(([condition]) => `AND ${condition}`).join(" ")}
     ORDER BY search_text.rowid DESC LIMIT ?`,
    match,
    firstDocId(query.from_ts ?? 0),
    Math.min(to, query.before ?? Number.MAX_SAFE_INTEGER),
    ...filters.map(([, value]) => value),
    query.limit,
  );
  const events = found.map(({ event_id }) => readEvent(store, event_id));
  const snippets = markSnippets(match, events.map((event) => searchedText(event)?.text ?? ""));
  return found.map(({ event_id, ...row }, index) => ({
    ...row,
    seq: event_id,
    ts: events[index]!.ts,
    snippet: snippets[index] ?? [] as SnippetPart[],
  }));
}

function readEvent(store: Store, id: number): EventPayload {
  const row = store.get<{ payload: string }>("SELECT payload FROM events WHERE id = ?", id);
  return JSON.parse(row!.payload) as EventPayload;
}
