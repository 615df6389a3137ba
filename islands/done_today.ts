/** How many jobs were done today: the server's count when the page was made, and what ended since. */
import { computed, signal } from "@preact/signals";
import type { JobRow } from "../server/wire.ts";
import { now } from "./clock.ts";
import type { DoneToday } from "./page_state.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

const count = signal<(DoneToday & { at_least: boolean }) | null>(null);
/** Jobs counted here: a row that is sent again is not another job. */
const counted = new Set<string>();
let from_ts = 0;

/** `12`, or `12+` when jobs may have ended unseen; undefined where nobody counted. */
export const done_today = computed(() => {
  if (count.value === null) return undefined;
  const { since_ts, at_least } = count.value;
  const is_over = now.value >= since_ts + DAY_MS;
  return `${is_over ? 0 : count.value.count}${at_least ? "+" : ""}`;
});

export function loadDoneToday(today: DoneToday | null, as_of_ts: number): void {
  count.value = today && { ...today, at_least: false };
  counted.clear();
  from_ts = as_of_ts;
}

/** Says that jobs may have ended that no row told of. */
export function missedDone(): void {
  if (count.peek()) count.value = { ...count.peek()!, at_least: true };
}

export function countDone(jobs: readonly JobRow[]): void {
  for (const { job_id, status, finished_ts } of jobs) {
    const today = count.peek();
    if (!today || status !== "done" || finished_ts === null) continue;
    if (finished_ts <= from_ts || counted.has(job_id)) continue;
    if (finished_ts >= today.since_ts + DAY_MS) {
      counted.clear();
      count.value = { since_ts: today.since_ts + DAY_MS, count: 1, at_least: false };
    } else count.value = { ...today, count: today.count + 1 };
    counted.add(job_id);
  }
}
