/** What a job printed, for pages and the download. */
import { type OutputLine, outputLine } from "../../islands/page_state.ts";
import type { Store } from "../store/db.ts";
import { listJobEvents } from "../store/events.ts";
import type { JobRow } from "../wire.ts";

/** Events of one job in its download: at 1.2 KB each 120 MB, more than any turn printed. */
const MOST_EVENTS = 100_000;

/** Everything that the job printed, oldest first. */
export function allLines(store: Store, job: JobRow): OutputLine[] {
  return listJobEvents(store, job, { limit: MOST_EVENTS })
    .flatMap((event) => outputLine(event) ?? []);
}

/** What its newest `limit` events printed, oldest first, and whether there were more. */
export function newestLines(
  store: Store,
  job: JobRow,
  limit: number,
): { lines: OutputLine[]; cut: boolean } {
  const events = listJobEvents(store, job, { limit: limit + 1, newest: true });
  const lines = events.slice(-limit).flatMap((event) => outputLine(event) ?? []);
  return { lines, cut: events.length > limit };
}
