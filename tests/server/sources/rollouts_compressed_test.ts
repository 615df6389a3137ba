import assert from "node:assert/strict";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { setLogLevel } from "../../../server/log.ts";
import { CAN_READ_ZSTD } from "../../../server/codex/session_files.ts";
import {
  itemLine,
  itemLines,
  metaLine,
  rolloutName,
  RolloutWorld,
} from "../../support/rollout_world.ts";

setLogLevel("silent");

const texts = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);

/** The bytes of a `.jsonl.zst`; where the runtime has no zstd, bytes that nobody gets to read. */
function compress(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return CAN_READ_ZSTD ? zlib.zstdCompressSync(bytes) : bytes;
}

Deno.test("compressed files are read where the runtime can, else reported", async () => {
  await using world = new RolloutWorld();
  const zst = `${join(world.archive, rolloutName(1))}.zst`;
  const long = "y".repeat(33 << 20);
  const text = metaLine("a", "x".repeat(30_000)) + itemLines(0, 700, "z".repeat(1_000)) +
    `broken\n${long}\n` + itemLine(700);
  world.append(zst, compress(text));
  Deno.mkdirSync(world.day, { recursive: true });
  await world.start();
  if (!CAN_READ_ZSTD) {
    assert.equal(world.source!.health().detail, "0 session files followed, 1 cannot be read");
    return;
  }
  const seen = world.seen.map((line) => line.replace(/z+$/, ""));
  assert.deepEqual(seen, [...texts(0, 700), "not_json", "too_long", "line 700"]);
  assert.deepEqual(world.threads, ["a"]);
  const offsets = world.events.flatMap(({ payload }) =>
    payload.type === "bad_line" ? [text.slice(payload.offset, payload.offset + 6)] : []
  );
  assert.deepEqual(offsets, ["broken", "yyyyyy"]);
  const events = world.events.length;
  await world.restart();
  assert.equal(world.source!.health().lag_bytes, 0);
  assert.equal(world.events.length, events);
});

Deno.test("without zstd, compressed files are counted and the rest is read", async () => {
  await using world = new RolloutWorld();
  world.can_read_zstd = false;
  world.append(`${world.path(1)}.zst`, compress(metaLine("a") + itemLine(0)));
  world.append(world.path(2), metaLine("b"));
  await world.start();
  assert.deepEqual(world.threads, ["b"]);
  assert.equal(
    world.source!.health().detail,
    "1 session files followed, 1 cannot be read",
  );
});

Deno.test("a file compressed and restored is told once, and the plain one wins", async () => {
  await using world = new RolloutWorld();
  world.can_read_zstd = CAN_READ_ZSTD;
  const zst = `${world.path(1)}.zst`;
  const text = metaLine("a") + itemLines(0, 3);
  world.append(world.path(1), text);
  await world.start();
  world.append(zst, compress(text + itemLine(3)));
  await world.restart();
  assert.deepEqual(world.seen, texts(0, 3));
  Deno.removeSync(world.path(1));
  if (CAN_READ_ZSTD) await world.untilSeen(4);
  await world.restart();
  world.append(world.path(1), text + itemLines(3, 5));
  Deno.removeSync(zst);
  await world.untilSeen(5);
  assert.deepEqual(world.seen, texts(0, 5));
  assert.deepEqual(world.threads, ["a"]);
});

Deno.test("a broken compressed file is counted as unreadable and stops nothing", async () => {
  await using world = new RolloutWorld();
  const zst = `${world.path(1)}.zst`;
  world.append(zst, "not compressed by anybody");
  world.append(world.path(2), metaLine("b"));
  await world.start();
  assert.deepEqual(world.threads, ["b"]);
  assert.match(world.source!.health().detail!, /1 cannot be read/);
  assert.equal(world.source!.health().state, "live");
});
