import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { setLogLevel } from "../../../server/log.ts";
import {
  itemLine,
  itemLines,
  metaLine,
  parsedEvents,
  recordings,
  rolloutName,
  RolloutWorld,
} from "../../support/rollout_world.ts";

setLogLevel("silent");

const texts = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);

Deno.test("every recording written in random pieces by another process is read as the parser reads it, over restarts", async () => {
  await using world = new RolloutWorld();
  const written = join(world.dir, "recordings");
  Deno.mkdirSync(written);
  Deno.mkdirSync(world.day, { recursive: true });
  const files = new Map([...recordings()].map(([name, bytes], n) => {
    const path = join(world.day, rolloutName(n));
    Deno.writeFileSync(join(written, rolloutName(n)), bytes);
    return [path, { name, bytes }];
  }));
  await world.start();
  const writer = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "tests/support/append_rollouts.ts", written, world.day],
    cwd: join(import.meta.dirname!, "../../.."),
  }).spawn();
  for (const count of [50, 150, 250]) {
    await world.until(`event ${count}`, () => world.events.length >= count);
    await world.restart();
  }
  assert((await writer.status).success);
  const expected = [...files].map(([path, { bytes }]) => parsedEvents(bytes, path));
  const total = expected.flat().length;
  await world.until(`all ${total} events`, () => world.events.length >= total);
  for (const [index, path] of [...files.keys()].entries()) {
    const thread = world.events.find(({ payload }) =>
      payload.type === "thread" && payload.rollout === path
    );
    const kept = world.events.filter(({ file_key }) => file_key === thread?.file_key);
    assert.deepEqual(kept.map(({ payload }) => payload), expected[index], files.get(path)?.name);
  }
  assert.equal(world.events.length, total);
  await world.until("nothing unread", () => world.source!.health().lag_bytes === 0);
  assert.equal(world.source!.health().bad_lines, 0);
});

Deno.test("a file that is archived, by a folder that was not there, is not told again", async () => {
  await using world = new RolloutWorld();
  world.append(world.path(1), metaLine("a") + itemLines(0, 3));
  await world.start();
  Deno.mkdirSync(world.archive);
  const archived = join(world.archive, rolloutName(1));
  Deno.renameSync(world.path(1), archived);
  world.append(archived, itemLine(3));
  await world.untilSeen(4);
  await world.stop();
  Deno.renameSync(archived, world.path(1));
  await world.start();
  world.append(world.path(1), itemLine(4));
  await world.untilSeen(5);
  assert.deepEqual(world.seen, texts(0, 5));
  assert.deepEqual(world.threads, ["a"]);
});

Deno.test("files restored from a copy go on where their originals were", async () => {
  await using world = new RolloutWorld();
  world.append(world.path(1), metaLine("a") + itemLines(0, 3));
  await world.start();
  await world.stop();
  const bytes = Deno.readFileSync(world.path(1));
  Deno.writeTextFileSync(join(world.dir, "other"), "keeps the inode busy");
  Deno.removeSync(world.path(1));
  Deno.writeFileSync(`${world.path(1)}.new`, bytes);
  Deno.renameSync(`${world.path(1)}.new`, world.path(1));
  world.append(world.path(1), itemLine(3));
  await world.start();
  assert.deepEqual(world.seen, texts(0, 4));
});

Deno.test("a line appended to an old file in an old folder is seen", async () => {
  await using world = new RolloutWorld();
  const old = join(world.home, "sessions", "2025", "01", "02", rolloutName("old"));
  world.append(old, metaLine("a") + itemLines(0, 2));
  Deno.utimeSync(old, new Date("2025-01-02"), new Date("2025-01-02"));
  await world.start();
  assert.deepEqual(world.seen, []);
  assert.match(world.source!.health().detail!, /1 older than 30 days skipped/);
  world.append(old, itemLine(2));
  await world.untilSeen(3);
  assert.deepEqual(world.seen, texts(0, 3));
  assert.equal(world.source!.health().detail, "1 session files followed");
});

Deno.test("files beyond the horizon are not read, those within are", async () => {
  await using world = new RolloutWorld();
  world.horizon_days = 2;
  for (const [n, days] of [[1, 1], [2, 3], [3, 300]] as const) {
    world.append(world.path(n), metaLine(String(n)));
    const ts = new Date(Date.now() - days * 86_400_000);
    Deno.utimeSync(world.path(n), ts, ts);
  }
  await world.start();
  assert.deepEqual(world.threads, ["1"]);
  assert.equal(
    world.source!.health().detail,
    "1 session files followed, 2 older than 2 days skipped",
  );
});

Deno.test("the newest files are read first", async () => {
  await using world = new RolloutWorld();
  for (const n of [2, 5, 1, 4, 3]) {
    world.append(world.path(n), metaLine(String(n)));
    const ts = new Date(Date.now() - n * 3_600_000);
    Deno.utimeSync(world.path(n), ts, ts);
  }
  await world.start();
  assert.deepEqual(world.threads, ["1", "2", "3", "4", "5"]);
});

Deno.test("a truncated and rewritten file is read anew, once, also after a restart", async () => {
  await using world = new RolloutWorld();
  const path = world.path(1);
  world.append(path, metaLine("a") + itemLines(0, 5));
  await world.start();
  await world.untilSeen(5);
  Deno.writeTextFileSync(path, metaLine("b") + itemLine(10));
  await world.untilSeen(6);
  await world.restart();
  world.append(path, itemLine(11));
  await world.untilSeen(7);
  await world.stop();
  Deno.removeSync(path);
  world.append(path, metaLine("c") + itemLine(12));
  await world.start();
  assert.deepEqual(world.seen, [...texts(0, 5), ...texts(10, 13)]);
  assert.deepEqual(world.threads, ["a", "b", "c"]);
  assert.equal(new Set(world.events.map(({ file_key }) => file_key)).size, 3);
});

Deno.test("a home that is not there is waited for, and found again when it was deleted", async () => {
  await using world = new RolloutWorld();
  await world.start();
  assert.equal(world.source!.health().state, "waiting");
  assert.match(world.source!.health().detail!, /codex\/sessions": Codex makes it/);
  assert.equal(world.source!.health().lag_bytes, null);
  world.append(world.path(1), metaLine("a") + itemLine(0));
  await world.untilSeen(1);
  await world.untilState("live");
  Deno.removeSync(world.home, { recursive: true });
  await world.untilState("waiting");
  world.append(world.path(2), metaLine("b") + itemLine(1));
  await world.untilSeen(2);
  await world.untilState("live");
  world.append(world.path(2), itemLine(2));
  await world.untilSeen(3);
  assert.deepEqual(world.seen, texts(0, 3));
});

Deno.test("several homes are followed, also while one of them is missing", async () => {
  await using world = new RolloutWorld();
  const other = join(world.dir, "other");
  world.homes = [world.home, other];
  world.append(world.path(1), metaLine("a") + itemLine(0));
  await world.start();
  await world.untilState("live");
  world.append(join(other, "sessions", rolloutName(2)), metaLine("b") + itemLine(1));
  await world.untilSeen(2);
  assert.deepEqual(world.threads, ["a", "b"]);
});

Deno.test("the first file of a new day is seen while it grows", async () => {
  await using world = new RolloutWorld();
  Deno.mkdirSync(join(world.home, "sessions"), { recursive: true });
  await world.start();
  for (let day = 10; day < 20; day++) {
    const path = join(world.home, "sessions", "2027", "01", String(day), rolloutName(day));
    world.append(path, metaLine(String(day)));
    world.append(path, itemLine(day));
    await world.untilSeen(day - 9);
    world.append(path, itemLine(100 + day));
    await world.untilSeen(day - 9);
  }
  await world.untilSeen(20);
  assert.equal(world.threads.length, 10);
});

Deno.test("a live line is seen while a file of 200 MB is being caught up", async () => {
  await using world = new RolloutWorld();
  const big = world.path("big");
  world.append(big, metaLine("big"));
  const block = itemLines(0, 1_000, "x".repeat(10_000));
  for (let written = 0; written < 200e6; written += block.length) world.append(big, block);
  const live = world.path("live");
  world.append(live, metaLine("live"));
  let asked_at = 0;
  let behind = 0;
  const answered: number[] = [];
  world.onBatch = (batch) => {
    if (batch.kind !== "lines") return;
    const texts = batch.events.map(({ payload }) => payload.type === "turn_item" && payload.text);
    if (texts.includes(`line ${5_000_000 + answered.length}`)) answered.push(world.events.length);
    else behind = world.events.length;
    if (answered.length < 5 && asked_at <= answered.length && world.events.length > 1_000) {
      world.append(live, itemLine(5_000_000 + answered.length));
      asked_at = answered.length + 1;
    }
  };
  await world.start();
  await world.until("the live lines", () => answered.length === 5);
  const total = world.events.length;
  assert(answered.every((at) => at < total / 2), `${answered} of ${total}, ${behind}`);
  assert.equal(world.source!.health().lag_bytes, 0);
});

Deno.test("2,000 small files are read once, with no descriptor left open, and not opened after a restart", async () => {
  await using world = new RolloutWorld();
  for (let n = 0; n < 2_000; n++) {
    const day = join(world.home, "sessions", "2026", "01", String(n % 28));
    world.append(join(day, rolloutName(n)), metaLine(`thread ${n}`) + itemLine(n));
  }
  const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
  const before = open();
  let most = 0;
  world.onBatch = () => most = Math.max(most, open());
  await world.start();
  assert.equal(world.threads.length, 2_000);
  assert(most < before + 20, `${most} descriptors, ${before} before`);
  let batches = 0;
  world.onBatch = () => batches++;
  await world.stop();
  // Whoever opens it sees that it is another file now; its length and times do not say so.
  const hidden = join(world.home, "sessions", "2026", "01", "8", rolloutName(8));
  const { mtime, size } = Deno.statSync(hidden);
  Deno.writeTextFileSync(hidden, "?".repeat(size - 1) + "\n");
  Deno.utimeSync(hidden, mtime!, mtime!);
  await world.start();
  assert.equal(batches, 0);
  assert.equal(world.source!.health().detail, "2000 session files followed");
  const one = join(world.home, "sessions", "2026", "01", "7", rolloutName(7));
  world.append(one, itemLine(-1));
  await world.untilSeen(2_001);
  assert.equal(batches, 1);
});

Deno.test("what could not be stored comes again, once", async () => {
  await using world = new RolloutWorld();
  world.append(world.path(1), metaLine("a") + itemLines(0, 600));
  world.onBatch = () => world.store_error = new Error("disk full");
  await world.start();
  assert.equal(world.source!.health().state, "failed");
  assert.match(world.source!.health().detail!, /disk full/);
  world.append(world.path(2), metaLine("b") + itemLine(600));
  world.onBatch = () => {};
  world.store_error = undefined;
  await world.untilSeen(601);
  await world.untilState("live");
  assert.deepEqual(world.seen.toSorted(), texts(0, 601).toSorted());
});

Deno.test("a folder or a pipe named like a session file hangs nobody", async () => {
  await using world = new RolloutWorld();
  Deno.mkdirSync(world.path("folder"), { recursive: true });
  await new Deno.Command("mkfifo", { args: [world.path("pipe")] }).output();
  world.append(join(dirname(world.path(1)), "notes.jsonl"), itemLine(5));
  world.append(world.path(1), metaLine("a") + itemLine(0));
  await world.start();
  assert.deepEqual(world.seen, ["line 0"]);
});
