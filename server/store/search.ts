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
 * Matches that a filter looks at before others get a turn: of a word that is everywhere and an agent
 * that never wrote it, all are looked at. Each time twice as many, because half a word costs as much
 * each time.
 */
const FIRST_LOOK = 1_000;
const LONGEST_LOOK = 8_000;

/** Of the longest texts ten take about 30 ms. */
const SNIPPETS_AT_ONCE = 10;

/**
 * What matches, newest first. Throws `CodexdashError` "bad_query" for a query that cannot be searched
 * for.
 */
export async function search(store: Store, query: SearchQuery): Promise<SearchResult[]> {
  const match = readQuery(query.q);
  const filters = Object.entries({
    [`${AGENT} = ?`]: query.agent,
    "jobs.status = ?": query.status,
    "items.kind = ?": query.kind,
  }).filter((filter): filter is [string, string] => filter[1] !== undefined);
  const to = query.to_ts === undefined ? Number.MAX_SAFE_INTEGER : firstDocId(query.to_ts);
  const first = firstDocId(query.from_ts ?? 0);
  let end = Math.min(to, query.before ?? Number.MAX_SAFE_INTEGER);
  const found: Found[] = [];
  for (let look = FIRST_LOOK;; look = Math.min(look * 2, LONGEST_LOOK)) {
    const from = filters.length ? lowest(store, { match, first, end, look }) : undefined;
    const range = { match, filters, first: from ?? first, end };
    found.push(...listFound(store, { ...range, limit: query.limit - found.length }));
    if (from === undefined || found.length >= query.limit) break;
    end = from;
    await letOthersRun();
  }
  const events = found.map(({ event_id }) => readEvent(store, event_id));
  const texts = events.map((event) => searchedText(event)?.text ?? "");
  const snippets: SnippetPart[][] = [];
  for (let at = 0; at < texts.length; at += SNIPPETS_AT_ONCE) {
    if (at > 0) await letOthersRun();
    snippets.push(...markSnippets(match, texts.slice(at, at + SNIPPETS_AT_ONCE)));
  }
  return found.map(({ event_id, ...row }, index) => ({
    ...row,
    seq: event_id,
    ts: events[index]!.ts,
    snippet: snippets[index] ?? [],
  }));
}

function letOthersRun(): Promise<void> {
  return new Promise((done) => setTimeout(done, 0));
}

interface Range {
  match: string;
  /** Ids from here on, */
  first: number;
  /** before this one. */
  end: number;
}

/** The id of the match that `look` matches reach down to; undefined when there are no more. */
function lowest(store: Store, { match, first, end, look }: Range & { look: number }) {
  return store.get<{ id: number }>(
    `SELECT rowid AS id FROM search_text
     WHERE search_text MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT 1 OFFSET ?`,
    match,
    first,
    end,
    look - 1,
  )?.id;
}

function listFound(
  store: Store,
  { match, filters, first, end, limit }: Range & { filters: [string, string][]; limit: number },
): Found[] {
  return store.all<Found>(
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
    first,
    end,
    ...filters.map(([, value]) => value),
    limit,
  );
}

function readEvent(store: Store, id: number): EventPayload {
  const row = store.get<{ payload: string }>("SELECT payload FROM events WHERE id = ?", id);
  return JSON.parse(row!.payload) as EventPayload;
}
