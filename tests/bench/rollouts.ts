/** Codex's session files: how fast a long one is caught up, and what 5,000 small ones cost. */
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import { retryUntil } from "../support/retry.ts";
import { itemLine, metaLine, rolloutName } from "../support/rollout_world.ts";
import { TestWorld } from "../support/temp.ts";
import { type Figure, repeat } from "./figure.ts";
import { ServerProcess } from "./process.ts";

export const rollouts: Figure = {
  name: "rollouts",
  measure: async ({ small }) => [
    ...await repeat(
      small ? 1 : 3,
      [
        { name: "catch-up on a long session file", unit: "MB/s", better: "more" },
        { name: "RSS after it", unit: "MB", better: "less", target: 120 },
        { name: "line written meanwhile to row", unit: "ms", better: "less", target: 100 },
      ],
      () => longFile(small ? 2e6 : 1e9),
    ),
    ...await repeat(
      small ? 1 : 3,
      [
        { name: "start with 5,000 session files", unit: "ms", better: "less", target: 3_000 },
        { name: "reading them all", unit: "ms", better: "less" },
        { name: "RSS after it", unit: "MB", better: "less", target: 120 },
      ],
      () => manyFiles(small ? 50 : 5_000),
    ),
  ],
};

/** A transcript's mix: one line in ten becomes an event, the rest is what the model was sent. */
function block(): string {
  const content = "x".repeat(3_000);
  const silent = JSON.stringify({
    timestamp: "2026-11-21T07:00:00.000Z",
    type: "response_item",
    payload: { type: "message", content },
  });
  return (itemLine(0, content) + `${silent}\n`.repeat(9)).repeat(30);
}

async function longFile(bytes: number): Promise<number[]> {
  await using world = new TestWorld();
  const path = rolloutPath(world, "long");
  const text = new TextEncoder().encode(block());
  append(path, metaLine("long", "x".repeat(30_000)));
  using file = await Deno.open(path, { append: true });
  for (let written = 0; written < bytes; written += text.length) file.writeSync(text);
  append(path, metaLine("ignored") + itemLine(1, "the end"));
  const live = rolloutPath(world, "live");
  append(live, metaLine("live"));
  const started = performance.now();
  await using server = await ServerProcess.start(world);
  using db = new DatabaseSync(world.db, { readOnly: true });
  const newest = db.prepare(
    "SELECT 1 FROM events WHERE type = 'turn_item' AND payload LIKE ? AND id > ?",
  );
  const last = db.prepare("SELECT max(id) AS id FROM events");
  await retryUntil("its first rows", () => Number(last.get()?.["id"]) > 5, 60_000);
  const before = Number(last.get()?.["id"]);
  append(live, itemLine(2, "live"));
  const asked = performance.now();
  while (!newest.get("%line 2live%", before)) {
    if (performance.now() - asked > 60_000) throw new Error("the live line was not stored");
    await new Promise((done) => setTimeout(done, 2));
  }
  const live_ms = performance.now() - asked;
  await retryUntil("the last row", () => newest.get("%line 1the end%", 0), 600_000);
  const seconds = (performance.now() - started) / 1000;
  return [bytes / 1e6 / seconds, await server.rssMb(), live_ms];
}

async function manyFiles(count: number): Promise<number[]> {
  await using world = new TestWorld();
  for (let n = 0; n < count; n++) {
    append(rolloutPath(world, n), metaLine(`thread ${n}`, "x".repeat(20_000)) + itemLine(n));
  }
  const started = performance.now();
  await using server = await ServerProcess.start(world);
  using db = new DatabaseSync(world.db, { readOnly: true });
  const rows = db.prepare("SELECT count(*) AS rows FROM events WHERE type = 'turn_item'");
  await retryUntil("the last row", () => rows.get()?.["rows"] === count, 300_000);
  return [server.start_ms, performance.now() - started, await server.rssMb()];
}

function rolloutPath(world: TestWorld, n: number | string): string {
  const day = String(typeof n === "number" ? n % 28 : 0).padStart(2, "0");
  return join(world.codex_home, "sessions", "2026", "11", day, rolloutName(n));
}

function append(path: string, text: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text, { append: true });
}
