/** Reads of the event log, in the shapes that clients get. */
import type { EventRow, WireEvent } from "../wire.ts";
import type { Store } from "./db.ts";

interface StoredEvent {
  id: number;
  ts: number;
  type: string;
  session: string | null;
  agent: string | null;
  pane_id: string | null;
  window_name: string | null;
  job_id: string | null;
  payload: string;
}

const COLUMNS = "id, ts, type, session, agent, pane_id, window_name, job_id, payload";

/** Events with `ts >= since_ts`, newest first. */
export function listEvents(
  store: Store,
  options: { since_ts?: number | undefined; limit: number },
): EventRow[] {
  return store.all<StoredEvent>(
    `SELECT ${COLUMNS} FROM events WHERE ts >= ? ORDER BY ts DESC, id DESC LIMIT ?`,
    options.since_ts ?? Number.MIN_SAFE_INTEGER,
    options.limit,
  ).map(eventRow);
}

/** Events after `seq`, oldest first, as `/ws/events` sends them. */
export function listEventsAfter(
  store: Store,
  options: { seq: number; limit: number },
): WireEvent[] {
  return store.all<StoredEvent>(
    `SELECT ${COLUMNS} FROM events WHERE id > ? ORDER BY id LIMIT ?`,
    options.seq,
    options.limit,
  ).map(wireEvent);
}

/**
 * A job's events, oldest first; also those that name it by codexctl's id. Of more than `limit` the
 * oldest, or with `newest` the newest.
 */
export function listJobEvents(
  store: Store,
  job: { job_id: string; marker: string | null },
  options: { limit: number; newest?: boolean },
): EventRow[] {
  const order = options.newest ? "ts DESC, id DESC" : "ts, id";
  const events = store.all<StoredEvent>(
    `SELECT ${COLUMNS} FROM events WHERE job_id IN (?, ?) ORDER BY ${order} LIMIT ?`,
    job.job_id,
    job.marker ?? job.job_id,
    options.limit,
  ).map(eventRow);
  return options.newest ? events.reverse() : events;
}

/** The newest lines of codexctl's output, oldest first. */
export function listControllerOutput(store: Store, options: { limit: number }): WireEvent[] {
  return store.all<StoredEvent>(
    `SELECT ${COLUMNS} FROM events WHERE type = 'controller_output' ORDER BY id DESC LIMIT ?`,
    options.limit,
  ).map(wireEvent).reverse();
}

/** The newest event's row id, 0 in an empty log. */
export function lastSeq(store: Store): number {
  return store.get<{ seq: number | null }>("SELECT MAX(id) AS seq FROM events")?.seq ?? 0;
}

function wireEvent({ payload, ...head }: StoredEvent): WireEvent {
  return { ...parsePayload(payload), ...head, seq: head.id };
}

function eventRow(stored: StoredEvent): EventRow {
  const payload = parsePayload(stored.payload);
  const text = (key: string) => typeof payload[key] === "string" ? payload[key] : null;
  const number = (key: string) => typeof payload[key] === "number" ? payload[key] : null;
  return {
    ...stored,
    prompt_text: text("prompt_text"),
    prompt_hash: text("prompt_hash"),
    prompt_bytes: number("prompt_bytes"),
    output_path: text("output_path"),
    output_bytes: number("output_bytes"),
    model: text("model"),
    prompt_tokens_exact: number("prompt_tokens_exact"),
    completion_tokens_exact: number("completion_tokens_exact"),
    total_tokens_exact: number("total_tokens_exact"),
    prompt_tokens_est: number("prompt_tokens_est"),
    completion_tokens_est: number("completion_tokens_est"),
    total_tokens_est: number("total_tokens_est"),
    text: text("text"),
    status: text("status"),
    sub_agent: text("sub_agent"),
    stream: text("stream"),
    exit_code: number("exit_code"),
  };
}

function parsePayload(payload: string): Record<string, unknown> {
  return JSON.parse(payload) as Record<string, unknown>;
}
