/** How long sums over a million model responses take, whatever they are grouped by. */
import { join } from "node:path";
import { openStore, type Store } from "../../server/store/db.ts";
import { SLOT_MS } from "../../server/store/fold_usage.ts";
import { sumUsage, USAGE_GROUPS } from "../../server/store/usage.ts";
import { readUsageNow } from "../../server/store/usage_now.ts";
import { TestWorld } from "../support/temp.ts";
import { type Figure, repeat } from "./figure.ts";

/** One every 20 s, for 230 days: 20 a turn, 100 turns a thread, five agents. */
const GAP_MS = 20_000;
const IN_TURN = 20;
const IN_THREAD = 2_000;
const START_TS = Date.UTC(2026, 0, 1);

export const usage: Figure = {
  name: "usage",
  measure: async ({ small }) => {
    await using world = new TestWorld();
    const count = small ? 2_000 : 1_000_000;
    using store = openStore(join(world.dir, "usage.db"));
    fill(store, count);
    const end_ts = START_TS + count * GAP_MS;
    const times = small ? 1 : 5;
    const all = await repeat(
      times,
      USAGE_GROUPS.map((by) => ({
        name: `sums of 1,000,000 responses by ${by}`,
        unit: "ms",
        better: "less",
        target: 500,
      })),
      () =>
        Promise.resolve(USAGE_GROUPS.map((by) =>
          timed(() =>
            sumUsage(store, {
              by,
              from_ts: 0,
              to_ts: Number.MAX_SAFE_INTEGER,
              zone: "Europe/Vienna",
              limit: 5_000,
            })
          )
        )),
    );
    const now = await repeat(
      times,
      [{
        name: "today's sums, and limits after 300,000 changes",
        unit: "ms",
        better: "less",
        target: 20,
      }],
      () => Promise.resolve([timed(() => readUsageNow(store, end_ts))]),
    );
    return [...all, ...now];
  },
};

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** What the fold would have made of a million responses, written as it writes it. */
function fill(store: Store, count: number): void {
  const rows = "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)";
  const id = (prefix: string, number: string) =>
    `printf('01a1fdf1-${prefix}-7000-8000-%012d', ${number})`;
  const tokens = "1200, 1000, 85, 64, 1285";
  store.transaction(() => {
    store.run(
      `INSERT INTO responses (response_id, ts, thread_id, turn_id, agent, model, kind, input_tokens,
         cached_input_tokens, output_tokens, reasoning_output_tokens, total_tokens)
       ${rows} SELECT printf('resp_%012d_%08x', i, (i * 2654435761) & 0xffffffff),
         ${START_TS} + i * ${GAP_MS}, ${id("0000", `i / ${IN_THREAD}`)},
         ${
        id("1111", `i / ${IN_TURN}`)
      }, NULL, IIF(i / ${IN_TURN} % 3, 'gpt-6.1-sol', 'gpt-6-luna'),
         IIF(i % 200, 'turn', 'compaction'), ${tokens} FROM n`,
      count,
    );
    store.run(
      `INSERT INTO threads (thread_id, root_thread_id, agent, format, rollout, started_ts, updated_ts,
         input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens, total_tokens)
       SELECT thread_id, thread_id, 'agent-' || (ROW_NUMBER() OVER () % 5), 'paginated', '', 0, 0,
         0, 0, 0, 0, 0 FROM responses GROUP BY thread_id`,
    );
    store.run(
      `INSERT INTO turns (turn_id, thread_id, root_turn_id, status, started_ts, job_ids,
         input_tokens, cached_input_tokens, output_tokens, reasoning_output_tokens, total_tokens)
       SELECT turn_id, thread_id, turn_id, 'done', 0, '["job-' || turn_id || '"]', 0, 0, 0, 0, 0
       FROM responses GROUP BY turn_id`,
    );
    store.run(
      `INSERT INTO usage_slots
       SELECT (ts - ts % ${SLOT_MS}) || ' ' || thread_id || ' ' || turn_id || ' ' || model,
         ts - ts % ${SLOT_MS}, thread_id, turn_id, model, COUNT(*),
         SUM(IIF(kind = 'compaction', total_tokens, 0)), SUM(input_tokens),
         SUM(cached_input_tokens), SUM(output_tokens), SUM(reasoning_output_tokens),
         SUM(total_tokens)
       FROM responses GROUP BY ts - ts % ${SLOT_MS}, thread_id, turn_id, model`,
    );
    store.run(
      `INSERT INTO limits (limit_key, ts, stated_ts, limit_id, span, used_percent, window_minutes)
       ${rows} SELECT i, ${START_TS} + i * 60000, ${START_TS} + i * 60000, 'codex',
         IIF(i % 2, 'primary', 'secondary'), i % 100, 300 FROM n`,
      Math.min(count, 300_000),
    );
  });
}
