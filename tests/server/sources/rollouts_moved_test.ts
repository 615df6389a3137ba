/** Session files that Codex moves (`codex archive`) or rewrites (`codex migrate-rollouts`). */
import assert from "node:assert/strict";
import { join } from "node:path";
import { listThreads } from "../../../server/store/threads.ts";
import { sumUsage } from "../../../server/store/usage.ts";
import type { ThreadRow } from "../../../server/wire.ts";
import {
  itemLines,
  metaLine,
  recordings,
  rolloutName,
  RolloutWorld,
} from "../../support/rollout_world.ts";
import { readRollout, rolloutLines } from "../../support/rollouts.ts";
import { TestStore } from "../../support/store.ts";

const ID = "01a1fbca-0000-7000-8000-000000000001";

/** What is kept of each batch goes into a store, too. */
class StoredWorld extends RolloutWorld {
  readonly base = new TestStore();

  constructor() {
    super();
    this.onBatch = ({ source, events, cursor }) => {
      assert(cursor && "offset" in cursor);
      this.base.writer.commit({ source, cursor, events: events as never });
    };
  }

  thread(thread_id: string): ThreadRow | undefined {
    return this.base.store.get("SELECT * FROM threads WHERE thread_id = ?", thread_id);
  }

  count(type: string): number {
    const select = "SELECT COUNT(*) AS count FROM events WHERE type = ?";
    return this.base.store.get<{ count: number }>(select, type)!.count;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    this.base[Symbol.dispose]();
  }
}

Deno.test("an archived file is known where it is now, and again when it comes back", async () => {
  await using world = new StoredWorld();
  const path = world.path(1);
  world.append(path, metaLine(ID) + itemLines(0, 3));
  await world.start();
  assert.equal(world.thread(ID)?.rollout, path);
  const archived = join(world.archive, rolloutName(1));
  Deno.mkdirSync(world.archive);
  Deno.renameSync(path, archived);
  await world.until("its new place", () => world.thread(ID)?.rollout === archived);
  await world.restart();
  Deno.renameSync(archived, path);
  await world.until("its old place", () => world.thread(ID)?.rollout === path);
  world.append(path, itemLines(3, 4));
  await world.untilSeen(4);
  assert.deepEqual(world.seen, ["line 0", "line 1", "line 2", "line 3"]);
  assert.deepEqual(world.moves, [archived, path]);
});

Deno.test("a file that was moved while nobody looked is known at the start", async () => {
  await using world = new StoredWorld();
  world.append(world.path(1), metaLine(ID) + itemLines(0, 2));
  await world.start();
  await world.stop();
  const archived = join(world.archive, rolloutName(1));
  Deno.mkdirSync(world.archive);
  Deno.renameSync(world.path(1), archived);
  await world.start();
  assert.equal(world.thread(ID)?.rollout, archived);
  await world.restart();
  assert.deepEqual(world.moves, [archived]);
});

for (const name of ["0.101.0-rollout-exec", "0.141.0-rollout-tui"]) {
  Deno.test(`${name}: a legacy file that Codex migrated counts once and tells nothing twice`, async () => {
    await using world = new StoredWorld();
    const old = recordings().get(`old-${name}.jsonl`)!;
    const path = world.path(1);
    world.append(path, old);
    await world.start();
    const [thread] = listThreads(world.base.store, { limit: 1 });
    assert.equal(thread?.format, "legacy");
    const total = () => sumUsage(world.base.store, USAGE)[0]?.total_tokens;
    const before = {
      total: total(),
      items: world.count("turn_item"),
      ends: world.count("turn_ended"),
    };
    assert.equal(before.total, 3265);
    assert.ok(before.items >= 3);

    // As `codex migrate-rollouts --apply` does it: another file in the place of the old one.
    const next = join(world.dir, "next");
    world.append(next, rolloutLines(`migrated-${name}`).join("\n") + "\n");
    Deno.renameSync(next, path);
    await world.until(
      "the new format",
      () => world.thread(thread.thread_id)?.format === "paginated",
    );
    await world.restart();
    assert.deepEqual(
      { total: total(), items: world.count("turn_item"), ends: world.count("turn_ended") },
      before,
    );

    // The thread goes on in the new format.
    world.append(path, resumed(thread.thread_id).join(""));
    await world.until("one more turn", () => world.count("turn_ended") === before.ends + 1);
    assert.equal(total(), 3265 + 1285);
    assert.equal(world.count("turn_item"), before.items + 1);
  });

  Deno.test(`${name}: a migrated file that was never read before has the same tokens`, () => {
    const used = (name: string) =>
      readRollout(rolloutLines(name)).flatMap((event) =>
        event.type === "usage" ? [[event.response_id, event.turn_id, event.total_tokens]] : []
      );
    assert.deepEqual(used(`migrated-${name}`), used(`old-${name}`));
    assert.equal(used(`migrated-${name}`).length, 2);
  });
}

const USAGE = { by: "total", from_ts: 0, to_ts: 8e15, limit: 1 } as Parameters<typeof sumUsage>[1];

/** Lines of a turn that Codex 0.169 appends to a migrated file. */
function resumed(thread_id: string): string[] {
  const timestamp = "2026-11-21T09:00:00.000Z";
  const turn_id = "resumed";
  const usage = {
    input_tokens: 1200,
    cached_input_tokens: 1000,
    output_tokens: 85,
    reasoning_output_tokens: 64,
    total_tokens: 1285,
  };
  const item = { type: "AgentMessage", content: [{ type: "Text", text: "again" }] };
  const event = (payload: object) => ({ type: "event_msg", payload });
  return [
    event({ type: "task_started", turn_id }),
    { type: "token_usage_record", payload: { thread_id, turn_id, response_id: "r1", usage } },
    event({ type: "token_count", info: { total_token_usage: { ...usage, total_tokens: 4550 } } }),
    event({ type: "item_completed", turn_id, item }),
    event({ type: "task_complete", turn_id }),
  ].map((line, index) => JSON.stringify({ timestamp, ordinal: 100 + index, ...line }) + "\n");
}
