/** How fast a backlog of events is committed: from starting the server to the last row. */
import { DatabaseSync } from "node:sqlite";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";
import { eventLine } from "./events.ts";
import { type Figure, repeat } from "./figure.ts";
import { ServerProcess } from "./process.ts";

export const ingest: Figure = {
  name: "ingest",
  measure: ({ small }) =>
    repeat(
      small ? 1 : 5,
      [{ name: "ingest of 1.2 KB events", unit: "events/s", better: "more", target: 20_000 }],
      async () => [await eventsPerSecond(small ? 2_000 : 100_000)],
    ),
};

/** The server's own start is in the time. */
async function eventsPerSecond(count: number): Promise<number> {
  await using world = new TestWorld();
  const lines = Array.from({ length: count }, (_, index) => eventLine(`line ${index}`));
  await Deno.writeTextFile(world.events, lines.join(""));
  const started = performance.now();
  await using _server = await ServerProcess.start(world);
  using db = new DatabaseSync(world.db, { readOnly: true });
  const rows = db.prepare("SELECT count(*) AS rows FROM events WHERE type = 'controller_output'");
  await retryUntil("the last row", () => rows.get()?.["rows"] === count, 300_000);
  return count / ((performance.now() - started) / 1000);
}
