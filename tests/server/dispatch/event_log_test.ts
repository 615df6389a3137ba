import assert from "node:assert/strict";
import { join } from "node:path";
import { EventLog } from "../../../server/dispatch/event_log.ts";
import type { EventPayload } from "../../../server/wire.ts";
import { TestWorld } from "../../support/temp.ts";

function line(text: string): EventPayload {
  return { type: "controller_output", ts: 1, text, stream: "stdout" };
}

function openLog(path: string, max_line = 200_000) {
  const warnings: string[] = [];
  const log = new EventLog(path, { max_line, onWarning: (message) => warnings.push(message) });
  return { log, warnings };
}

function readTexts(path: string): string[] {
  const lines = Deno.readTextFileSync(path).split("\n").filter((text) => text !== "");
  return lines.map((text) => JSON.parse(text).text);
}

Deno.test("folder and file are made on demand, for their owner alone", async () => {
  await using world = new TestWorld();
  const path = join(world.dir, "a", "b", "events.ndjson");
  assert.ok(openLog(path).log.append(line("x")));
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  assert.equal(Deno.statSync(join(world.dir, "a", "b")).mode! & 0o777, 0o700);
  assert.deepEqual(readTexts(path), ["x"]);
});

Deno.test("a line starts anew after a torn one, and only then", async () => {
  await using world = new TestWorld();
  const { log } = openLog(world.events);
  log.append(line("one"));
  Deno.writeTextFileSync(world.events, '{"torn', { append: true });
  log.append(line("two"));
  log.append(line("three"));
  const [one, torn, two, three, ...rest] = Deno.readTextFileSync(world.events).split("\n");
  assert.deepEqual([JSON.parse(one!).text, torn], ["one", '{"torn']);
  assert.deepEqual([JSON.parse(two!).text, JSON.parse(three!).text, rest], ["two", "three", [""]]);
});

Deno.test("a rotated file gets no more lines, its successor does", async () => {
  await using world = new TestWorld();
  const { log } = openLog(world.events);
  log.append(line("old"));
  Deno.renameSync(world.events, world.events + ".1");
  log.append(line("new"));
  assert.deepEqual(readTexts(world.events + ".1"), ["old"]);
  assert.deepEqual(readTexts(world.events), ["new"]);
});

Deno.test("lines of several processes never mix", async () => {
  await using world = new TestWorld();
  const script = join(world.dir, "append.ts");
  const source = import.meta.resolve("../../../server/dispatch/event_log.ts");
  Deno.writeTextFileSync(
    script,
    `import { EventLog } from "${source}";
     const log = new EventLog(Deno.args[0], { max_line: 1e6, onWarning: console.error });
     for (let n = 0; n < 300; n++) {
       log.append({ type: "pane_output", ts: n, text: Deno.args[1].repeat(30_000) });
     }`,
  );
  const letters = ["a", "b", "c", "d"];
  const ends = await Promise.all(letters.map((letter) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-config", script, world.events, letter],
    }).output()
  ));
  assert.deepEqual(ends.map(({ code }) => code), [0, 0, 0, 0]);
  const texts = readTexts(world.events);
  assert.equal(texts.length, 1200);
  for (const letter of letters) {
    assert.equal(texts.filter((text) => text === letter.repeat(30_000)).length, 300);
  }
});

Deno.test("a file that cannot be written is one warning and never throws", async () => {
  await using world = new TestWorld();
  const pipe = join(world.dir, "pipe");
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  const file = join(world.dir, "file");
  Deno.writeTextFileSync(file, "");
  for (
    const [path, reason] of [
      ["/dev/full", /no space left on device/],
      [world.dir, /is a directory/],
      [join(file, "events.ndjson"), /not a directory/],
      // It would take writes until its buffer is full, and then none.
      [pipe, /named pipe/],
    ] as const
  ) {
    const { log, warnings } = openLog(path);
    assert.equal(log.append(line("x")), false);
    assert.equal(log.append(line("y")), false);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, reason);
    assert.ok(warnings[0]!.includes(`"${path}"`));
  }
});

Deno.test("a line over the limit is not written", async () => {
  await using world = new TestWorld();
  const { log, warnings } = openLog(world.events, 1000);
  assert.equal(log.append(line("x".repeat(1000))), false);
  assert.match(warnings[0]!, /over the limit of 1000/);
  assert.ok(log.append(line("x".repeat(900))));
  assert.deepEqual(readTexts(world.events), ["x".repeat(900)]);
});
