/** What an export holds, in order, read bit by bit: its size bounds no memory. */
import type { JobRow, ThreadRow, TranscriptItem, TurnRow } from "../wire.ts";
import type { Store } from "./db.ts";
import { findJob } from "./jobs.ts";
import { findThread, findTurn, listJobTurns, listSubAgents, listTurns } from "./threads.ts";
import { listTurnItems } from "./transcript.ts";

/** One job, or all that an agent did, or all of a time: what started in `[from_ts, to_ts)`. */
export interface ExportScope {
  job_id?: string | undefined;
  agent?: string | undefined;
  from_ts?: number | undefined;
  to_ts?: number | undefined;
}

/** A line of what a pane or the controller printed. */
export interface ExportOutput {
  ts: number;
  type: string;
  text: string;
}

/**
 * An export as a sequence. An entry is a job, or a turn that no job asked for (typed in the pane by
 * hand); `thread` opens a sub-agent's own transcript in the midst of its parent's.
 */
export type ExportPart =
  | { part: "entry"; job: JobRow | null; thread: ThreadRow | null; turns: TurnRow[] }
  | { part: "item"; item: TranscriptItem }
  | { part: "thread"; thread: ThreadRow; turns: TurnRow[] }
  | { part: "thread_end" }
  | { part: "output"; output: ExportOutput }
  | { part: "entry_end" };

/** Rows read at a time: an item can have 800 KB. */
const ITEMS_AT_ONCE = 16;
const LINES_AT_ONCE = 200;
const ENTRIES_AT_ONCE = 500;
/** Turns of one sub-agent. */
const MOST_TURNS = 10_000;

/** Reads an export; for an unknown job there is none. What is written meanwhile may be in it. */
export function* readExport(store: Store, scope: ExportScope): Generator<ExportPart> {
  if (scope.job_id !== undefined) {
    const job = findJob(store, scope.job_id);
    if (job) yield* jobParts(store, job);
    return;
  }
  for (const { kind, id } of listEntries(store, scope)) {
    if (kind === "job") {
      const job = findJob(store, id);
      if (job) yield* jobParts(store, job);
    } else {
      const turn = findTurn(store, id);
      if (turn) yield* turnParts(store, turn);
    }
  }
}

interface Entry {
  kind: "job" | "turn";
  id: string;
  started_ts: number;
}

/** Jobs, and the turns of no job: not those of sub-agents, which stand inside of their parents'. */
const ENTRIES = `
  SELECT 'job' AS kind, job_id AS id, agent, started_ts FROM jobs
  UNION ALL
  SELECT 'turn', turns.turn_id, coalesce(turns.agent, threads.agent), turns.started_ts
  FROM turns LEFT JOIN threads ON threads.thread_id = turns.thread_id
  WHERE turns.job_ids = '[]' AND (turns.root_turn_id IS NULL OR turns.root_turn_id = turns.turn_id
    OR NOT EXISTS (SELECT 1 FROM turns AS roots WHERE roots.turn_id = turns.root_turn_id))`;

/** By the time of their start. */
function* listEntries(store: Store, { agent, from_ts, to_ts }: ExportScope): Generator<Entry> {
  let after: Pick<Entry, "started_ts" | "id"> = { started_ts: from_ts ?? 0, id: "" };
  for (;;) {
    const page: Entry[] = store.all<Entry>(
      `SELECT kind, id, started_ts FROM (${ENTRIES})
       WHERE (started_ts, id) > (?, ?) AND started_ts < ? ${
        agent === undefined ? "" : "AND agent = ?"
      }
       ORDER BY started_ts, id LIMIT ?`,
      after.started_ts,
      after.id,
      to_ts ?? Number.MAX_SAFE_INTEGER,
      ...(agent === undefined ? [] : [agent]),
      ENTRIES_AT_ONCE,
    );
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < ENTRIES_AT_ONCE) return;
    after = last;
  }
}

function* jobParts(store: Store, job: JobRow): Generator<ExportPart> {
  const thread = job.thread_id === null ? null : findThread(store, job.thread_id) ?? null;
  const turns = listJobTurns(store, job);
  yield { part: "entry", job, thread, turns };
  if (thread && turns.length > 0) yield* threadParts(store, thread, turns);
  else yield* outputParts(store, job);
  yield { part: "entry_end" };
}

function* turnParts(store: Store, turn: TurnRow): Generator<ExportPart> {
  const thread = findThread(store, turn.thread_id) ?? null;
  yield { part: "entry", job: null, thread, turns: [turn] };
  if (thread) yield* threadParts(store, thread, [turn]);
  yield { part: "entry_end" };
}

/** These turns of a thread, each sub-agent's own where it is first named, the rest at the end. */
function* threadParts(store: Store, thread: ThreadRow, turns: TurnRow[]): Generator<ExportPart> {
  const turn_ids = turns.map(({ turn_id }) => turn_id);
  const waiting = new Map(
    listSubAgents(store, [thread.thread_id], { turn_ids }).map((row) => [row.thread_id, row]),
  );
  function* open(child: ThreadRow): Generator<ExportPart> {
    // First of all: threads that name each other as parents end here.
    waiting.delete(child.thread_id);
    const own = listTurns(store, child.thread_id, { limit: MOST_TURNS })
      .filter(({ root_turn_id }) => root_turn_id !== null && turn_ids.includes(root_turn_id));
    yield { part: "thread", thread: child, turns: own };
    yield* walk(child, own);
    yield { part: "thread_end" };
  }
  function* walk(parent: ThreadRow, own: TurnRow[]): Generator<ExportPart> {
    for (const item of itemsOf(store, own)) {
      yield { part: "item", item };
      const child = item.child_thread_id === null ? undefined : waiting.get(item.child_thread_id);
      if (child) yield* open(child);
    }
    for (const child of [...waiting.values()]) {
      const is_own = child.parent_thread_id === parent.thread_id;
      if (is_own && waiting.has(child.thread_id)) yield* open(child);
    }
  }
  yield* walk(thread, turns);
}

function* itemsOf(store: Store, turns: TurnRow[]): Generator<TranscriptItem> {
  for (let since = 0;;) {
    const page = listTurnItems(store, turns, { since, limit: ITEMS_AT_ONCE });
    yield* page;
    if (page.length < ITEMS_AT_ONCE) return;
    since = page.at(-1)!.seq;
  }
}

/** What was printed for a job that no session file tells of. */
function* outputParts(store: Store, job: JobRow): Generator<ExportPart> {
  for (let after = 0;;) {
    const page = store.all<ExportOutput & { id: number }>(
      `SELECT id, ts, type, payload ->> 'text' AS text FROM events
       WHERE job_id IN (?, ?) AND type IN ('pane_output', 'controller_output')
         AND payload ->> 'text' IS NOT NULL AND id > ?
       ORDER BY id LIMIT ?`,
      job.job_id,
      job.marker ?? job.job_id,
      after,
      LINES_AT_ONCE,
    );
    for (const { ts, type, text } of page) yield { part: "output", output: { ts, type, text } };
    if (page.length < LINES_AT_ONCE) return;
    after = page.at(-1)!.id;
  }
}
