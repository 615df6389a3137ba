/** kill -9 loses nothing that was in the event file and doubles nothing. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Appender } from "../support/appender.ts";
import { line, numbers } from "../support/event_file.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

const EVENTS = 50_000;
const KILLS = 20;

class Ingesting implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;

  constructor({ events, db }: TestWorld) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", join(import.meta.dirname!, "../support/ingest.ts")]
        .concat(events, db),
      stdin: "null",
    }).spawn();
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    assert.equal((await this.#process.status).signal, "SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function query(path: string, sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

/** The events stored so far; 0 as long as there is no database. */
function countEvents(path: string): number {
  try {
    return Number(query(path, "SELECT count(*) AS count FROM events")[0]?.["count"]);
  } catch {
    return 0;
  }
}

Deno.test("50,000 events are stored once and in order over 20 kill -9 at random moments", async () => {
  await using world = new TestWorld();
  {
    await using appender = new Appender(world.events);
    for (let kill = 0; kill < KILLS; kill++) {
      const slice = EVENTS / KILLS;
      await appender.appendUpTo((kill + 1) * slice);
      const child = new Ingesting(world);
      const moment = Math.floor((kill + Math.random()) * slice);
      await retryUntil(`event ${moment}`, () => countEvents(world.db) >= moment, 60_000);
      await new Promise((done) => setTimeout(done, Math.random() * 20));
      await child.kill();
    }
  }
  await using _last = new Ingesting(world);
  await retryUntil("the last event", () => countEvents(world.db) >= EVENTS, 60_000);
  await Deno.writeTextFile(world.events, line(EVENTS), { append: true });
  await retryUntil("one more event", () => countEvents(world.db) > EVENTS, 60_000);

  const rows = query(world.db, "SELECT payload FROM events ORDER BY id");
  const stored = rows.map(({ payload }) => JSON.parse(String(payload)).n);
  assert.deepEqual(stored, numbers(0, EVENTS + 1));
  assert.equal(query(world.db, "PRAGMA integrity_check")[0]?.["integrity_check"], "ok");
});
