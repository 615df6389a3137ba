import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { setLogLevel } from "../../../server/log.ts";
import { Appender } from "../../support/appender.ts";
import { EventFileWorld, line, lines, numbers } from "../../support/event_file.ts";
import { retryUntil } from "../../support/retry.ts";

setLogLevel("silent");

Deno.test("a missing folder and file are made for their owner alone", async () => {
  await using world = new EventFileWorld();
  await world.start();
  assert.equal(Deno.statSync(world.folder).mode! & 0o777, 0o700);
  assert.equal(Deno.statSync(world.path).mode! & 0o777, 0o600);
  const { state, detail, lag_bytes, last_ts } = world.source!.health();
  assert.deepEqual({ state, detail, lag_bytes, last_ts }, {
    state: "live",
    detail: null,
    lag_bytes: 0,
    last_ts: null,
  });
  world.append(line(0));
  await world.until(1);
});

Deno.test("a file that is gone is waited for, and said to be", async () => {
  await using world = new EventFileWorld();
  await world.start();
  Deno.removeSync(world.path);
  await world.untilState("waiting");
  assert.match(world.source!.health().detail!, /events\.ndjson/);
  assert.equal(world.source!.health().lag_bytes, null);
  world.append(line(0));
  await world.until(1);
  await world.untilState("live");
  assert.equal(world.source!.health().detail, null);
});

Deno.test("start resolves when everything that was there is read", async () => {
  await using world = new EventFileWorld();
  Deno.mkdirSync(world.folder);
  world.append(lines(0, 12_345, "x".repeat(1_000)));
  await world.start();
  assert.deepEqual(world.seen, numbers(0, 12_345));
});

Deno.test("catching up leaves room for others between batches of at most 1,000 lines", async () => {
  await using world = new EventFileWorld();
  world.commit_ms = 15;
  Deno.mkdirSync(world.folder);
  world.append(lines(0, 40_000));
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response(String(world.events.length)),
  );
  const answers: number[] = [];
  let caught_up = false;
  const started = world.start().then(() => caught_up = true);
  while (!caught_up) {
    answers.push(Number(await (await fetch(`http://127.0.0.1:${server.addr.port}`)).text()));
  }
  await started;
  await server.shutdown();
  const between = answers.filter((count) => count > 0 && count < 40_000);
  assert(new Set(between).size > 5, `answers: ${answers.join()}`);
  assert(world.batches.every((length) => length <= 1_000));
  assert(world.batches.length >= 40);
});

Deno.test("bad lines are events in their place, counted over a restart, and stop nothing", async () => {
  await using world = new EventFileWorld();
  world.max_line_bytes = 100_000;
  await world.start();
  const bad: [string | Uint8Array, string][] = [
    ["not json", "not_json"],
    ["null", "not_an_object"],
    ["[1]", "not_an_object"],
    ["3", "not_an_object"],
    ['{"ts":"now","type":"x"}', "wrong_type"],
    ['{"ts":1,"type":"x","a":"\\ud800"}', "lone_surrogate"],
    [`{"ts":1,"type":"x","a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, "too_deep"],
    ["x".repeat(100_001), "too_long"],
    [Uint8Array.of(0x22, 0xff, 0xfe, 0x22), "invalid_utf8"],
    ['{"ts":1,\0"type":"x"}', "nul_byte"],
  ];
  const seen: unknown[] = [];
  bad.forEach(([text, reason], n) => {
    world.append(line(n));
    world.append(text);
    world.append("\n");
    seen.push(n, reason);
  });
  await world.until(seen.length);
  assert.deepEqual(world.seen, seen);
  assert.equal(world.source!.health().bad_lines, bad.length);
  assert.equal(world.source!.health().last_ts, 1_700_000_000_009);

  const bytes = Deno.readFileSync(world.path);
  for (const { payload, offset } of world.events) {
    if (payload.type !== "bad_line") continue;
    assert.equal(payload.file, world.path);
    assert.equal(payload.offset, offset);
    assert.equal(bytes[payload.offset + payload.bytes], 10);
    assert.equal(bytes.subarray(payload.offset, payload.offset + payload.bytes).indexOf(10), -1);
    assert(payload.ts >= 1_700_000_000_000);
  }
  await world.restart();
  assert.equal(world.source!.health().bad_lines, bad.length);
  assert.equal(world.source!.health().last_ts, 1_700_000_000_009);
  assert.deepEqual(world.seen, seen);
});

Deno.test("a torn tail waits for its newline, also over a restart", async () => {
  await using world = new EventFileWorld();
  await world.start();
  const torn = line(1);
  world.append(line(0) + torn.slice(0, 20));
  await world.until(1);
  await retryUntil("lag", () => world.source!.health().lag_bytes === 20);
  await world.restart();
  assert.deepEqual(world.seen, [0]);
  assert.equal(world.source!.health().lag_bytes, 20);
  world.append(torn.slice(20, -1));
  await retryUntil("lag", () => world.source!.health().lag_bytes === torn.length - 1);
  assert.deepEqual(world.seen, [0]);
  world.append("\n" + line(2));
  await world.until(3);
  assert.deepEqual(world.seen, [0, 1, 2]);
});

Deno.test("a batch that could not be stored comes again, and is not lost", async () => {
  await using world = new EventFileWorld();
  await world.start();
  world.append(line(0));
  await world.until(1);
  world.store_error = new Error("database or disk is full");
  world.append(line(1));
  await world.untilState("failed");
  assert.match(world.source!.health().detail!, /store.*database or disk is full/);
  world.append(line(2));
  world.store_error = undefined;
  await world.until(3);
  await world.untilState("live");
  assert.deepEqual(world.seen, [0, 1, 2]);
});

const OBSTACLES: Record<string, (world: EventFileWorld) => void> = {
  "a folder in its place": (world) => Deno.mkdirSync(world.path),
  "a link to itself": (world) => Deno.symlinkSync(world.path, world.path),
};
for (const [name, put] of Object.entries(OBSTACLES)) {
  Deno.test(`${name} is said, and over when it is gone`, async () => {
    await using world = new EventFileWorld();
    Deno.mkdirSync(world.folder);
    put(world);
    await world.start();
    assert.equal(world.source!.health().state, "failed");
    assert.match(world.source!.health().detail!, /^Cannot read ".*events\.ndjson": /);
    Deno.removeSync(world.path);
    await world.untilState("waiting");
    world.append(line(0));
    await world.until(1);
    await world.untilState("live");
  });
}

Deno.test("a folder that takes the file's place later does not end the source", async () => {
  await using world = new EventFileWorld();
  await world.start();
  world.append(line(0));
  await world.until(1);
  Deno.removeSync(world.path);
  Deno.mkdirSync(world.path);
  await world.untilState("failed");
  Deno.removeSync(world.path);
  world.append(line(1));
  await world.until(2);
  await world.untilState("live");
  assert.deepEqual(world.seen, [0, 1]);
});

Deno.test("a folder that cannot be made is said, and over when it can", async () => {
  await using world = new EventFileWorld();
  Deno.writeTextFileSync(world.folder, "in the way");
  await world.start();
  assert.notEqual(world.source!.health().state, "live");
  assert.match(world.source!.health().detail!, /data/);
  Deno.removeSync(world.folder);
  Deno.mkdirSync(world.folder);
  world.append(line(0));
  await world.until(1);
  await world.untilState("live");
});

Deno.test("a pipe in the file's place does not hang anyone", async () => {
  await using world = new EventFileWorld();
  Deno.mkdirSync(world.folder);
  await new Deno.Command("mkfifo", { args: [world.path] }).output();
  await world.start();
  assert.equal(world.source!.health().state, "failed");
});

Deno.test("a symbolic link that takes the file's place is followed", async () => {
  await using world = new EventFileWorld();
  await world.start();
  const target = join(world.dir, "target");
  Deno.writeTextFileSync(target, line(0));
  Deno.removeSync(world.path);
  Deno.symlinkSync(target, world.path);
  await world.until(1);
  await world.untilState("live");
  world.append(line(1), target);
  await world.until(2);
});

Deno.test("a chain of links is followed when any of them changes", async () => {
  await using world = new EventFileWorld();
  const at = (...parts: string[]) => {
    const path = join(world.dir, ...parts);
    Deno.mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  const [first, second, middle] = [at("a", "one"), at("b", "two"), at("c", "middle")];
  Deno.writeTextFileSync(first, line(0));
  Deno.symlinkSync(first, middle);
  Deno.symlinkSync("../c/middle", at("data", "events.ndjson"));
  await world.start();
  world.append(line(1), first);
  await world.until(2);
  Deno.writeTextFileSync(second, line(2));
  Deno.symlinkSync(second, `${middle}.new`);
  Deno.renameSync(`${middle}.new`, middle);
  await world.until(3);
  world.append(line(3), second);
  await world.until(4);
  assert.deepEqual(world.seen, [0, 1, 2, 3]);
});

Deno.test("a file that is moved to another folder is read as long as someone writes into it", async () => {
  await using world = new EventFileWorld();
  await world.start();
  world.append(line(0));
  await world.until(1);
  using writer = Deno.openSync(world.path, { append: true });
  Deno.renameSync(world.path, join(world.dir, "archived"));
  await world.untilState("waiting");
  world.append(line(1));
  await world.until(2);
  writer.writeSync(new TextEncoder().encode(line(2)));
  await world.until(3);
  assert.deepEqual(world.seen, [0, 1, 2]);
});

Deno.test("which file is the newest does not depend on which is read first", async () => {
  await using world = new EventFileWorld();
  await world.start();
  using writer = Deno.openSync(world.path, { append: true });
  Deno.renameSync(world.path, `${world.path}.1`);
  await world.untilState("waiting");
  world.append("");
  await world.untilState("live");
  writer.writeSync(new TextEncoder().encode(line(0)));
  await world.until(1);
  world.append(line(1));
  await world.until(2);
  await world.restart();
  world.append(line(2));
  await world.until(3);
  assert.deepEqual(world.seen, [0, 1, 2]);
});

Deno.test("appends are seen by the watch, not only when it is time to look again", async () => {
  await using world = new EventFileWorld();
  await world.start();
  let soon = 0;
  for (let n = 0; n < 20; n++) {
    const appended = performance.now();
    world.append(line(n));
    await world.until(n + 1);
    if (performance.now() - appended < 1_500) soon++;
    if (n % 5 === 0) Deno.renameSync(world.path, `${world.path}.${n}`);
  }
  // Looking again alone, every two seconds, would see hardly one of them so soon.
  assert(soon >= 5, `${soon} of 20 were seen soon`);
});

Deno.test("what another file in the folder is called or does is no concern", async () => {
  await using world = new EventFileWorld();
  Deno.mkdirSync(world.folder);
  for (const name of ["events.ndjson.1", "events.ndjson~", "other.ndjson", "events.ndjson.2.gz"]) {
    world.append(lines(500, 510), join(world.folder, name));
  }
  await world.start();
  world.append(lines(0, 3));
  world.append(lines(510, 520), `${world.path}.1`);
  await world.until(3);
  await world.restart();
  world.append(line(3));
  await world.until(4);
  assert.deepEqual(world.seen, [0, 1, 2, 3]);
});

Deno.test("a stopped source takes nothing more and leaves nothing open", async () => {
  const world = new EventFileWorld();
  await world.start();
  world.append(line(0));
  await world.until(1);
  const { source } = world;
  await world.stop();
  assert.equal(source!.health().state, "stopped");
  world.append(line(1));
  await world.start();
  await world.until(2);
  await world[Symbol.asyncDispose]();
});

Deno.test("stop in the middle of catching up is heeded, and the next start goes on", async () => {
  await using world = new EventFileWorld();
  Deno.mkdirSync(world.folder);
  world.append(lines(0, 20_000));
  const started = world.start();
  await world.until(2_000);
  await Promise.all([world.stop(), started]);
  assert(world.events.length < 20_000);
  await world.start();
  assert.deepEqual(world.seen, numbers(0, 20_000));
});

Deno.test("50,000 lines in random pieces by another process come once and in order", async () => {
  await using world = new EventFileWorld();
  await world.start();
  {
    await using appender = new Appender(world.path);
    await appender.appendUpTo(50_000);
    for (let restart = 1; restart <= 5; restart++) {
      await world.until(restart * 5_000);
      await world.restart();
    }
  }
  await world.until(50_000);
  assert.deepEqual(world.seen, numbers(0, 50_000));
});
