/** Context, compaction and settings as the real Codex states them, on the agent's own row. */
import assert from "node:assert/strict";
import type { UsageRow } from "../../server/wire.ts";
import { USAGE } from "./scenarios.ts";
import { Tower } from "./tower.ts";
import { assertServed, asWire, ended, get } from "./truth.ts";

const PLAIN = asWire(USAGE.plain).total_tokens;
const BIG = asWire(USAGE.big).total_tokens;
const COMPACT = asWire(USAGE.compact).total_tokens;

async function contextIs(tower: Tower, tokens: number | null, kind: string | null): Promise<void> {
  await tower.live.until(`a context of ${tokens}, ${kind}`, () => {
    const row = tower.live.agents.get("fast");
    return row?.context_kind === kind && (kind === "estimated" || row.context_tokens === tokens);
  });
}

Deno.test("context fills, is compacted, is unknown after a context error, and empty after /new", async () => {
  await using tower = await Tower.start();
  await tower.send("job-plain", "fast", "mock:plain one");
  const plain = await ended(tower, "job-plain", "done");
  await contextIs(tower, PLAIN, "exact");
  const { sandbox, approval_policy, context_window } = tower.live.agents.get("fast")!;
  assert.deepEqual([sandbox, approval_policy], ["workspace-write", "on-request"]);
  assert.deepEqual([plain.sandbox, plain.approval_policy], [sandbox, approval_policy]);
  assert.equal(context_window, 258_400);

  await tower.send("job-big", "fast", "mock:big two");
  await ended(tower, "job-big", "done");
  await contextIs(tower, BIG, "exact");

  await tower.world.command(tower.pane("fast"), "/compact");
  await contextIs(tower, null, "estimated");
  assert.ok(tower.live.agents.get("fast")!.context_tokens! < BIG);
  const [usage] = await get<UsageRow[]>(tower, "/api/usage?by=agent");
  assert.deepEqual([usage?.total_tokens, usage?.compaction_tokens], [
    PLAIN + BIG + COMPACT,
    COMPACT,
  ]);

  await tower.send("job-after", "fast", "mock:plain three");
  await ended(tower, "job-after", "done");
  await contextIs(tower, PLAIN, "exact");

  await tower.send("job-ctx", "fast", "mock:ctx four");
  await ended(tower, "job-ctx", "error");
  await contextIs(tower, null, null);

  await tower.world.command(tower.pane("fast"), "/new");
  await tower.world.seeOnScreen(tower.pane("fast"), /^(?![^]*mock:ctx)/);
  await tower.send("job-new", "fast", "mock:hold=it five");
  await contextIs(tower, 0, "exact");
  tower.world.model.release("it");
  await ended(tower, "job-new", "done");
  await contextIs(tower, PLAIN, "exact");
  assert.equal(tower.live.agents.get("fast")?.turn_tokens, PLAIN);
  await assertServed(tower);
});
