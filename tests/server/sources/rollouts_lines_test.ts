import assert from "node:assert/strict";
import { setLogLevel } from "../../../server/log.ts";
import { itemLine, metaLine, RolloutWorld } from "../../support/rollout_world.ts";

setLogLevel("silent");

const texts = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);

Deno.test("a torn line is told when it is whole, a carriage return is no part of a line", async () => {
  await using world = new RolloutWorld();
  const path = world.path(1);
  const long = metaLine("a", "x".repeat(30_000)).replace("\n", "\r\n");
  world.append(path, long.slice(0, 20_000));
  await world.start();
  assert.deepEqual(world.threads, []);
  assert.equal(world.source!.health().lag_bytes, 20_000);
  world.append(path, long.slice(20_000) + itemLine(0).replace("\n", "\r\n") + "\r\n\n");
  await world.untilSeen(1);
  const torn = itemLine(1);
  world.append(path, torn.slice(0, 40));
  await world.restart();
  world.append(path, torn.slice(40));
  await world.untilSeen(2);
  assert.deepEqual(world.seen, texts(0, 2));
  assert.deepEqual(world.threads, ["a"]);
  assert.equal(world.source!.health().bad_lines, 0);
});

Deno.test("broken lines are counted where they stand and stop nothing", async () => {
  await using world = new RolloutWorld();
  const path = world.path(1);
  world.append(path, metaLine("a"));
  const broken = [
    ['{"timestamp":', "not_json"],
    ["null", "not_an_object"],
    ["[1]", "not_an_object"],
    ["x\0y", "nul_byte"],
  ];
  broken.forEach(([text], n) => world.append(path, `${text}\n${itemLine(n)}`));
  world.append(path, Uint8Array.of(0x7b, 0xff, 0x7d, 10));
  await world.start();
  const seen = [...broken.flatMap(([, reason], n) => [reason, `line ${n}`]), "invalid_utf8"];
  assert.deepEqual(world.seen, seen);
  await world.restart();
  assert.equal(world.source!.health().bad_lines, 5);
  assert.deepEqual(world.seen, seen);
  const bytes = Deno.readFileSync(path);
  for (const { payload } of world.events) {
    if (payload.type !== "bad_line") continue;
    assert.equal(payload.source, "rollouts");
    assert.equal(payload.file, path);
    assert.equal(bytes[payload.offset - 1], 10);
    assert.equal(bytes[payload.offset + payload.bytes], 10);
  }
});

Deno.test("a line of several MB is read, one that is longer than any is passed over", async () => {
  await using world = new RolloutWorld();
  const path = world.path(1);
  world.append(path, metaLine("a") + itemLine(0));
  const image = JSON.stringify({ type: "response_item", payload: { image: "x".repeat(6 << 20) } });
  world.append(path, `${image}\n${itemLine(1)}`);
  for (let part = 0; part < 33; part++) world.append(path, "y".repeat(1 << 20));
  world.append(path, `\n${itemLine(2)}`);
  await world.start();
  assert.deepEqual(world.seen, ["line 0", "line 1", "too_long", "line 2"]);
  assert.equal(world.source!.health().lag_bytes, 0);
});

Deno.test("texts over 200 kB are cut, and say by how much", async () => {
  await using world = new RolloutWorld();
  const filler = "ü⠹".repeat(60_000);
  world.append(world.path(1), metaLine("a") + itemLine(0, filler + "the end") + itemLine(1));
  await world.start();
  const [cut = ""] = world.seen;
  const [, left_out] = /\n\[… (\d+) bytes left out …\]\n/.exec(cut) ?? [];
  const whole = new TextEncoder().encode(`line 0${filler}the end`).length;
  const note = `\n[… ${left_out} bytes left out …]\n`;
  const kept = new TextEncoder().encode(cut.replace(note, "")).length;
  assert.equal(kept + Number(left_out), whole);
  assert(kept <= 200_000 + 4 && kept > 199_900);
  assert(cut.startsWith("line 0ü⠹") && cut.endsWith("⠹the end") && !cut.includes("\uFFFD"));
  assert.equal(world.seen[1], "line 1");
});

Deno.test("a fraction where the store keeps whole numbers is rounded", async () => {
  await using world = new RolloutWorld();
  const usage = { input_tokens: 10.6, output_tokens: 1e300, total_tokens: 3 };
  const payload = { thread_id: "a", turn_id: "t", response_id: "r", usage };
  const line = JSON.stringify({
    timestamp: "2026-11-21T07:00:00Z",
    ordinal: 1,
    type: "token_usage_record",
    payload,
  });
  world.append(world.path(1), `${metaLine("a")}${line}\n`);
  await world.start();
  const event = world.events[1]?.payload;
  assert(event?.type === "usage");
  assert.equal(event.input_tokens, 11);
  assert.equal(event.output_tokens, Number.MAX_SAFE_INTEGER);
});

Deno.test("lines that say nothing move the cursor", async () => {
  await using world = new RolloutWorld();
  const said = metaLine("a");
  const nothing = `${JSON.stringify({ timestamp: "x", type: "world_state", payload: {} })}\n`;
  let offset = 0;
  world.onBatch = ({ cursor }) => offset = cursor?.offset ?? 0;
  world.append(world.path(1), said);
  await world.start();
  world.append(world.path(1), nothing.repeat(3));
  await world.until("the cursor", () => offset === said.length + 3 * nothing.length);
  assert.equal(world.events.length, 1);
});
