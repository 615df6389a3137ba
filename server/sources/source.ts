/**
 * The seam between what happens and what is kept. A source turns the outside into batches; the
 * pipeline commits one batch, with the source's cursor, in one transaction and only then asks for the
 * next: `emit` returns after the commit, and what it throws stops nothing that is already stored.
 */
import type { EventPayload, NewEvent, SourceHealth } from "../wire.ts";

export type SourceName =
  | "event_file"
  | "screens"
  | "rollouts"
  | "pane_threads"
  | "daemon"
  | "token_estimates";

/**
 * One line of a file, without its newline. Positions are byte offsets in the file: `offset` is its
 * first byte, `end` is one past its newline, where the next line starts.
 */
export interface Line {
  offset: number;
  end: number;
  /** The line's text, or why it cannot be used; a bad line is counted and never stops the file. */
  text: string | null;
  bad: BadReason | null;
}

export const BAD_REASONS = [
  "too_long",
  "invalid_utf8",
  "nul_byte",
  "not_json",
  "not_an_object",
  "wrong_type",
  "lone_surrogate",
  "too_deep",
  "reserved_type",
] as const;
export type BadReason = typeof BAD_REASONS[number];

/** Where a source continues after a restart, committed together with what came before it. */
export interface Cursor {
  /** What is read: for files the identity of the file, not its path. */
  file_key: string;
  offset: number;
  /** The source's own memory, JSON. */
  state: string | null;
}

/**
 * Lines of one file in order, parsed: the source needs the outcome (bad lines, last `ts`) for its
 * health and for the cursor that is committed with them. `offset` is never null here.
 */
export interface LineBatch {
  kind: "lines";
  source: SourceName;
  events: NewEvent[];
  cursor: Cursor;
}

/** Events that a source saw itself. */
export interface EventBatch {
  kind: "events";
  source: SourceName;
  events: EventPayload[];
  cursor: Cursor | null;
}

export type Batch = LineBatch | EventBatch;

export interface Source {
  readonly name: SourceName;
  /**
   * Resolves once the source has caught up with what already existed. Takes from then on until
   * `stop`. `emit` is synchronous: it returns after the batch is committed and told.
   */
  start(emit: (batch: Batch) => void): Promise<void>;
  stop(): Promise<void>;
  health(): SourceHealth;
}
