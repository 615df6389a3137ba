import assert from "node:assert/strict";
import { join } from "node:path";
import { listCursors, Writer } from "../../../server/store/commit.ts";
import { openStore } from "../../../server/store/db.ts";
import { listEvents, listEventsAfter } from "../../../server/store/events.ts";
import type { NewEvent } from "../../../server/wire.ts";
import { TestStore } from "../../support/store.ts";

function line(offset: number, fields: Record<string, unknown> = {}): NewEvent {
  const payload = { type: "pane_output", ts: 1000 + offset, text: `at ${offset}`, ...fields };
  return {
    payload: payload as NewEvent["payload"],
    payload_text: JSON.stringify(payload),
    offset,
  };
}

const cursor = (offset: number, file_key = "f") => ({ file_key, offset, state: null });

Deno.test("a batch's events and its cursor are stored together", () => {
  using test = new TestStore();
  const change = test.writer.commit({
    source: "event_file",
    events: [line(0), line(10)],
    cursor: cursor(20),
  });
  assert.deepEqual(change.events.map((event) => event.seq), [1, 2]);
  assert.equal(change.seq, 2);
  assert.deepEqual(listCursors(test.store, "event_file"), [cursor(20)]);
});

Deno.test("a replay of what the cursor has passed changes nothing", () => {
  using test = new TestStore();
  const batch = { source: "event_file", events: [line(0), line(10)], cursor: cursor(20) };
  test.writer.commit(batch);
  const again = test.writer.commit(batch);
  assert.deepEqual([again.events, again.agents, again.jobs], [[], [], []]);
  const longer = { ...batch, events: [line(10), line(20)], cursor: cursor(30) };
  assert.deepEqual(new Writer(test.store).commit(longer).events.map((event) => event.seq), [3]);
});

Deno.test("the same offset in another file is another event", () => {
  using test = new TestStore();
  test.writer.commit({ source: "event_file", events: [line(0)], cursor: cursor(10, "a") });
  test.writer.commit({ source: "event_file", events: [line(0)], cursor: cursor(10, "b") });
  assert.equal(listEventsAfter(test.store, { seq: 0, limit: 9 }).length, 2);
});

Deno.test("a batch that cannot be stored leaves nothing behind and the next one works", () => {
  using test = new TestStore();
  const broken = line(10);
  broken.payload = { ...broken.payload, ts: "never" as unknown as number, agent: "fast" };
  assert.throws(() =>
    test.writer.commit({ source: "event_file", events: [line(0), broken], cursor: cursor(20) })
  );
  assert.deepEqual(listCursors(test.store, "event_file"), []);
  assert.equal(listEvents(test.store, { limit: 9 }).length, 0);
  const change = test.writer.commit({
    source: "event_file",
    events: [line(0), line(10)],
    cursor: cursor(20),
  });
  assert.equal(change.events.length, 2);
});

Deno.test("an event keeps its line to the byte and gets every key that clients expect", () => {
  using test = new TestStore();
  const event = line(0, { text: "é 🙂", extra: { deep: [1] } });
  event.payload_text = ` ${event.payload_text} `;
  const change = test.writer.commit({ source: "event_file", events: [event], cursor: cursor(9) });
  const row = listEvents(test.store, { limit: 1 })[0]!;
  assert.equal(row.payload, event.payload_text);
  assert.equal(row.text, "é 🙂");
  assert.equal(row.exit_code, null);
  assert.deepEqual(listEventsAfter(test.store, { seq: 0, limit: 9 }), change.events);
});

Deno.test("a database file and its folder are for their owner only", () => {
  const dir = Deno.makeTempDirSync();
  const path = join(dir, "new", "codexdash.db");
  openStore(path).close();
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  assert.equal(Deno.statSync(join(dir, "new")).mode! & 0o777, 0o700);
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("a database of a newer version is refused with the way out", () => {
  const dir = Deno.makeTempDirSync();
  const path = join(dir, "codexdash.db");
  const store = openStore(path);
  store.db.exec("PRAGMA user_version = 99");
  store.close();
  assert.throws(() => openStore(path), /newer CodexDash wrote it .version 99/);
  Deno.removeSync(dir, { recursive: true });
});
