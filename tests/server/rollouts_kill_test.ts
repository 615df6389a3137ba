/** kill -9 loses nothing that was in a session file and doubles nothing. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { itemLines, metaLine, rolloutName } from "../support/rollout_world.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

const FILES = 4;
const LINES = 6_000;
const KILLS = 6;

function countItems(path: string): number {
  try {
    using db = new DatabaseSync(path, { readOnly: true });
    const row = db.prepare("SELECT count(*) AS rows FROM events WHERE type = 'turn_item'").get();
    return Number(row?.["rows"]);
  } catch {
    return 0;
  }
}

Deno.test("24,000 items of 4 session files are stored once and in order over kill -9", async () => {
  await using world = new TestWorld();
  const folder = join(world.codex_home, "sessions");
  Deno.mkdirSync(folder);
  for (let n = 0; n < FILES; n++) {
    const text = metaLine(`thread ${n}`) + itemLines(0, LINES, " ".repeat(500));
    Deno.writeTextFileSync(join(folder, rolloutName(n)), text);
  }
  const total = FILES * LINES;
  for (let kill = 0; kill <= KILLS; kill++) {
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check"]
        .concat(join(import.meta.dirname!, "../support/ingest_rollouts.ts"))
        .concat(world.codex_home, world.db),
      stdin: "null",
    }).spawn();
    const moment = kill === KILLS ? total : Math.floor((kill + Math.random()) * total / KILLS);
    try {
      await retryUntil(`item ${moment}`, () => countItems(world.db) >= moment, 60_000);
    } finally {
      process.kill("SIGKILL");
      await process.status;
    }
  }
  using db = new DatabaseSync(world.db, { readOnly: true });
  const rows = db.prepare("SELECT payload FROM events WHERE type = 'turn_item' ORDER BY id").all();
  const seen = new Map<string, number>();
  for (const { payload } of rows) {
    const { thread_id, text } = JSON.parse(String(payload));
    const next = seen.get(thread_id) ?? 0;
    assert.equal(text.trim(), `line ${next}`);
    seen.set(thread_id, next + 1);
  }
  assert.deepEqual([...seen.values()], Array(FILES).fill(LINES));
});
