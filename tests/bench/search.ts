/** Full-text search over 100,000 items: what the index costs, and how long an answer takes. */
import { Writer } from "../../server/store/commit.ts";
import { openStore, type Store } from "../../server/store/db.ts";
import { search as findTexts, type SearchQuery } from "../../server/store/search.ts";
import type { EventPayload } from "../../server/wire.ts";
import { threadEvent, turnItem, turnStart } from "../support/thread_events.ts";
import { TestWorld } from "../support/temp.ts";
import { type Figure, median, quantile, repeat, type Row } from "./figure.ts";

/** As steady as a language: few words are everywhere, most are rare. */
const WORDS = Array.from({ length: 40_000 }, (_, n) => {
  let word = "";
  for (let rest = n + 7; rest > 0; rest = Math.floor(rest / 20)) {
    word += "etaoinsrhldcumfgpwyb"[rest % 20];
  }
  return n < 200 ? word : `${word}${"aeiou"[n % 5]}${"nrst"[n % 4]}`;
});

const ANSWER = { unit: "ms", better: "less" } as const;

const ROWS: Omit<Row, "values">[] = [
  { name: "storing 0.8 KB transcript items", unit: "items/s", better: "more" },
  { name: "the database with the index", unit: "× without", better: "less" },
  { name: "search, p50 of all below", ...ANSWER, target: 50 },
  { name: "search, the slowest of all below", ...ANSWER },
  ...Object.keys(queries(0)).map((name) => ({ name: `search for ${name}`, ...ANSWER })),
];

export const search: Figure = {
  name: "search",
  measure: ({ small }) => repeat(small ? 1 : 3, ROWS, () => measure(small ? 2_000 : 100_000)),
};

/** Questions of every kind; the words are those of `sentence`. */
function queries(now: number): Record<string, Omit<SearchQuery, "limit">> {
  return {
    "a word that is everywhere": { q: `"${WORDS[0]}"` },
    "a rare word": { q: `"${WORDS[1_500]}"` },
    "a word that is nowhere": { q: "nowhereatall" },
    "two words, half typed": { q: `${WORDS[3]} ${WORDS[40]!.slice(0, 3)}` },
    "two letters": { q: "su" },
    "one letter and a star": { q: "s*" },
    "a phrase": { q: `"${WORDS[0]} ${WORDS[1]}"` },
    "a path": { q: "src/foo_bar.ts" },
    "a OR b -c": { q: `${WORDS[2]} OR ${WORDS[5]} -${WORDS[0]}` },
    "a word of an agent": { q: `"${WORDS[0]}"`, agent: "deep" },
    "a word of an agent that has none": { q: `"${WORDS[0]}"`, agent: "nobody" },
    "a word in a status that has none": { q: `"${WORDS[0]}"`, status: "blocked" },
    "a word of one hour": { q: `"${WORDS[0]}"`, from_ts: now - 3_600_000, to_ts: now },
  };
}

function sentences(): () => string {
  let state = 12_345;
  const random = () => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x7fffffff;
  const word = () => WORDS[Math.floor(random() ** 3.2 * WORDS.length)] ?? "";
  let count = 0;
  return () => {
    const words = Array.from({ length: [40, 60, 120, 260][count++ % 4]! }, word);
    if (count % 50 === 0) words.push("src/foo_bar.ts");
    return words.join(" ");
  };
}

async function measure(count: number): Promise<number[]> {
  await using world = new TestWorld();
  using store = openStore(world.db);
  const now = Date.now();
  const per_second = fill(store, { count, now });
  const answers: number[][] = [];
  for (const query of Object.values(queries(now))) {
    const times: number[] = [];
    for (let time = 0; time < 15; time++) {
      const started = performance.now();
      await findTexts(store, { ...query, limit: 20 });
      times.push(performance.now() - started);
    }
    answers.push(times);
  }
  const medians = answers.map(median);
  const all = answers.flat();
  return [per_second, growth(store), median(all), quantile(all, 1), ...medians];
}

/** Items of 100 threads and jobs of two agents, as catching up commits them. */
function fill(store: Store, { count, now }: { count: number; now: number }): number {
  const writer = new Writer(store);
  const sentence = sentences();
  const per_thread = Math.ceil(count / 100);
  const commit = (...events: EventPayload[]) =>
    writer.commit({
      source: "screens",
      cursor: null,
      events: events.map((payload) => ({
        payload,
        payload_text: JSON.stringify(payload),
        offset: null,
      })),
    });
  let spent_ms = 0;
  for (let thread = 0; thread < 100; thread++) {
    const [thread_id, turn_id, job_id] = [`thread-${thread}`, `turn-${thread}`, `job-${thread}`];
    const ts = now - (100 - thread) * 3_600_000;
    commit(
      {
        type: "dispatch",
        ts,
        job_id,
        agent: thread % 2 ? "fast" : "deep",
        driver: "builtin",
        prompt_text: sentence(),
        prompt_hash: null,
        prompt_bytes: null,
      },
      threadEvent(thread_id, ts),
      ...turnStart({ thread_id, turn_id, ts }),
      turnItem("user", { thread_id, turn_id, ts }, { text: `[JOB:${job_id}]`, markers: [job_id] }),
    );
    for (let from = 0; from < per_thread; from += 100) {
      const items = Array.from(
        { length: Math.min(100, per_thread - from) },
        (_, n) =>
          turnItem("assistant", { thread_id, turn_id, ts: ts + (from + n) * 1_000 }, {
            text: sentence(),
          }),
      );
      const started = performance.now();
      commit(...items);
      spent_ms += performance.now() - started;
    }
  }
  return 100 * per_thread / (spent_ms / 1_000);
}

function growth(store: Store): number {
  const bytes = () => {
    store.db.exec("VACUUM");
    const { page_count } = store.get<{ page_count: number }>("PRAGMA page_count")!;
    return page_count;
  };
  const with_index = bytes();
  store.db.exec("DROP TABLE search_text; DROP TABLE search_items");
  return with_index / bytes();
}
