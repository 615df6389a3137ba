/** A store with threads whose items a test chooses, and short ways to search it. */
import { search, type SearchQuery } from "../../server/store/search.ts";
import type { EventPayload, SearchResult, TurnItemEvent } from "../../server/wire.ts";
import { TestStore } from "./store.ts";
import { threadEvent, turnItem, turnStart } from "./thread_events.ts";

/** A thread of its own with one turn. */
export function turn(thread_id: string, ts = 1_000): EventPayload[] {
  const turn_id = `${thread_id}-turn`;
  return [threadEvent(thread_id, ts), ...turnStart({ thread_id, turn_id, ts })];
}

/** An item of that turn, at 2,000 unless it says otherwise. */
export function item(thread_id: string, fields: Partial<TurnItemEvent>): TurnItemEvent {
  const place = { thread_id, turn_id: `${thread_id}-turn`, ts: 2_000 };
  return turnItem(fields.item ?? "assistant", place, fields);
}

/** A store with one message for each text. */
export function storeOf(...texts: string[]): TestStore {
  const test = new TestStore();
  test.commit(...turn("t"), ...texts.map((text, n) => item("t", { text, ts: 2_000 + n })));
  return test;
}

export function find(
  test: TestStore,
  q: string,
  more: Partial<SearchQuery> = {},
): Promise<SearchResult[]> {
  return search(test.store, { q, limit: 100, ...more });
}

/** A snippet as one text, its matches in brackets. */
export function marked({ snippet }: SearchResult): string {
  return snippet.map(({ text, match }) => match ? `[${text}]` : text).join("");
}

/** The marked snippets of all results. */
export async function found(test: TestStore, q: string): Promise<string[]> {
  return (await find(test, q)).map(marked);
}

/** How many results each query has. */
export function counts(test: TestStore, ...queries: string[]): Promise<number[]> {
  return Promise.all(queries.map(async (q) => (await find(test, q)).length));
}
