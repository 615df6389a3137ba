/** The demo agent's session files: recorded keys, ordinals without gaps, token sums that add up. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { type RolloutLine, startDemoAgents } from "../support/demo.ts";
import { retryUntil } from "../support/retry.ts";
import { TestWorld } from "../support/temp.ts";

const RECORDINGS = join(import.meta.dirname ?? ".", "../testdata/codex");

function recordedLines(): RolloutLine[] {
  return [...Deno.readDirSync(RECORDINGS)]
    .filter(({ name }) => /^rollout-.*\.jsonl$/.test(name))
    .flatMap(({ name }) => Deno.readTextFileSync(join(RECORDINGS, name)).trimEnd().split("\n"))
    .map((line) => JSON.parse(line));
}

/** What kind of line it is, and the keys of its payload and of what matters inside. */
function shape({ type, payload }: RolloutLine): { kind: string; keys: string } {
  const { item, info, role } = payload;
  const kind = [type, payload["type"], role, item?.type].filter(Boolean).join(" ");
  const keys = (value: unknown) => value ? Object.keys(value).sort() : [];
  return { kind, keys: JSON.stringify([keys(payload), keys(item), keys(info)]) };
}

async function play(
  world: TestWorld,
): Promise<{ lines: RolloutLine[]; name: string }> {
  const agents = await startDemoAgents(world, ["fast"]);
  const done = (count: number) => agents.see("fast", new RegExp(`(Worked for[^]*){${count}}`));
  const turns = (type: string, count: number) =>
    retryUntil(
      `${count} × ${type}`,
      () =>
        agents.rolloutWith("mock:plain first").filter((line) => line.payload["type"] === type)
          .length === count,
      30_000,
    );
  await agents.prompt("fast", "mock:plain first");
  await done(1);
  await agents.prompt("fast", "mock:exec=ls; exit 3");
  await turns("task_complete", 2);
  await agents.prompt("fast", "mock:patch");
  await turns("task_complete", 3);
  await agents.prompt("fast", "mock:slow=60 to be stopped");
  await agents.see("fast", /slow chunk 1/);
  await agents.press("fast", "Escape");
  await turns("turn_aborted", 1);
  await agents.prompt("fast", "mock:escalate=touch denied.txt");
  await agents.see("fast", /Would you like to run/);
  await agents.press("fast", "n");
  await turns("turn_aborted", 2);
  await agents.prompt("fast", "mock:ask");
  await turns("task_complete", 4);
  await agents.press("fast", "BTab");
  await agents.prompt("fast", "mock:ask with a mode");
  await agents.see("fast", /Question 1\/1/);
  await agents.press("fast", "2");
  await turns("task_complete", 5);
  await agents.prompt("fast", "mock:usagelimit");
  await turns("task_complete", 6);
  const path = agents.rollouts()[0] ?? "";
  return { lines: agents.rolloutWith("mock:plain first"), name: basename(path) };
}

Deno.test("a session file has the recorded lines, keys, order and sums", async () => {
  await using world = new TestWorld();
  const { lines, name } = await play(world);

  const known = new Map<string, Set<string>>();
  for (const { kind, keys } of recordedLines().map(shape)) {
    known.set(kind, (known.get(kind) ?? new Set()).add(keys));
  }
  for (const { kind, keys } of lines.map(shape)) {
    assert.ok(
      known.get(kind)?.has(keys),
      `${kind} ${keys} instead of ${[...known.get(kind) ?? []]}`,
    );
  }

  assert.deepEqual(lines.map(({ ordinal }) => ordinal), lines.map((_, index) => index));
  const thread = lines[0]?.payload["id"];
  assert.match(thread, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.match(
    name,
    new RegExp(`^rollout-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d-${thread}\\.jsonl$`),
  );
  const first = recordedLines().find(({ payload }) => payload["source"] === "cli");
  assert.ok(first);
  const order = lines.slice(0, 18).map((line) => shape(line).kind);
  const simple = Deno.readTextFileSync(join(RECORDINGS, "rollout-simple-nodaemon.jsonl"))
    .split("\n").slice(0, 18).map((line) => shape(JSON.parse(line)).kind);
  assert.deepEqual(order, simple);

  const usages = lines.filter(({ type }) => type === "token_usage_record");
  assert.equal(new Set(usages.map(({ payload }) => payload["response_id"])).size, usages.length);
  const sum = (records: RolloutLine[], key: string) =>
    records.reduce((total, { payload }) => total + payload["usage"][key], 0);
  for (const key of ["input_tokens", "cached_input_tokens", "output_tokens", "total_tokens"]) {
    assert.equal(usages.at(-1)?.payload["thread_token_usage"][key], sum(usages, key), key);
    const count = lines.findLast(({ payload }) => payload["info"])?.payload["info"];
    assert.equal(count.total_token_usage[key], sum(usages, key), key);
    for (const { payload } of usages) {
      const turn = usages.filter((other) =>
        other.payload["turn_id"] === payload["turn_id"] && usages.indexOf(other) <=
          usages.findIndex((it) => it.payload === payload)
      );
      assert.equal(payload["turn_token_usage"][key], sum(turn, key), key);
    }
  }
  for (const { payload } of usages) {
    const { input_tokens, output_tokens, total_tokens } = payload["usage"];
    assert.equal(total_tokens, input_tokens + output_tokens);
  }

  const limit = lines.at(-1)?.payload["error"];
  const recorded = recordedLines().find(({ payload }) =>
    payload["error"]?.codex_error_info === "usage_limit_exceeded"
  );
  assert.deepEqual(limit, recorded?.payload["error"]);
});

Deno.test("before its first turn an agent has a locked thread and no session file", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["fast"]);
  assert.deepEqual(agents.rollouts(), []);
  const dir = join(world.codex_home, "thread-writer-locks");
  const [lock] = [...Deno.readDirSync(dir)].map(({ name }) => join(dir, name));
  assert.ok(lock);
  const held = await new Deno.Command("flock", { args: ["-n", lock, "true"] }).output();
  assert.equal(held.success, false);
});

Deno.test("a sub-agent has a file of its own that starts with a copy of its parent", async () => {
  await using world = new TestWorld();
  const agents = await startDemoAgents(world, ["deep"]);
  await agents.prompt("deep", "mock:spawn=child work");
  await agents.see("deep", /Worked for/);
  const [parent, child] = agents.rollouts().map((path) =>
    Deno.readTextFileSync(path).trimEnd().split("\n").map((line): RolloutLine => JSON.parse(line))
  );
  const parent_thread_id = parent?.[0]?.payload["id"];
  const meta = child?.[0]?.payload ?? {};
  assert.equal(meta["parent_thread_id"], parent_thread_id);
  assert.equal(meta["session_id"], parent_thread_id);
  assert.equal(child?.[1]?.payload["id"], parent_thread_id);
  const start = meta["subagent_history_start_ordinal"];
  const own = child?.slice(start) ?? [];
  const [begin, end] = ["task_started", "task_complete"].map((type) =>
    own.filter(({ payload }) => payload["type"] === type)
  );
  assert.equal(own[0], begin?.[0]);
  assert.equal(begin?.length, 1);
  assert.equal(end?.length, 1);
  assert.equal(begin?.[0]?.payload["turn_id"], end?.[0]?.payload["turn_id"]);
  const kinds = parent?.flatMap(({ payload }) =>
    payload["item"]?.type === "SubAgentActivity" ? payload["item"].kind : []
  );
  assert.deepEqual(kinds, ["started", "completed"]);
});
