import assert from "node:assert/strict";
import { parseSince } from "../../cli/since.ts";
import { writeRunFile } from "../../server/run_file.ts";
import { Writer } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";
import type { EventPayload } from "../../server/wire.ts";
import { TestApp } from "../support/app.ts";
import { runCommand } from "../support/command.ts";
import { markersOf, readRollout, rolloutLines } from "../support/rollouts.ts";
import { TestWorld } from "../support/temp.ts";

/** The compaction's and the sub-agent's session files as jobs of `fast`. */
function events(): EventPayload[] {
  const main = readRollout(rolloutLines("rollout-compacted"));
  const child = readRollout(rolloutLines("rollout-subagent-child"));
  const dispatches = markersOf(main).map((job_id): EventPayload => ({
    type: "dispatch",
    ts: main[0]!.ts,
    job_id,
    agent: "fast",
    prompt_text: null,
    prompt_hash: null,
    prompt_bytes: null,
  }));
  return [...dispatches, ...main, ...child];
}

function writeDatabase(world: TestWorld): void {
  using store = openStore(world.db);
  new Writer(store).commit({
    source: "rollouts",
    cursor: null,
    events: events().map((payload) => ({
      payload,
      payload_text: JSON.stringify(payload),
      offset: null,
    })),
  });
}

Deno.test("tokens are summed in a table with its totals, also without a server", async () => {
  await using world = new TestWorld();
  writeDatabase(world);
  const { code, stdout, stderr } = await runCommand(world, ["usage"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /the server does not run/);
  assert.match(
    stdout,
    /^AGENT +TOTAL +INPUT +CACHED +OUTPUT +REASONING +COMPACTION +SUB-AGENTS +RESPONSES$/m,
  );
  assert.match(stdout, /^fast +162,130 .* 1,285 +1,285 +9$/m);
  assert.match(stdout, /^total +162,130 .* 1,285 +1,285 +9$/m);
  const nothing = await runCommand(world, ["usage", "--since", "2030-01-01"]);
  assert.equal(nothing.stdout, "No tokens were used\n");
});

Deno.test("a running server is asked the same question", async () => {
  await using world = new TestWorld();
  writeDatabase(world);
  const args = ["usage", "--by", "day", "--tz", "Asia/Tokyo", "--since", "2026-11-21", "--json"];
  const alone = await runCommand(world, args);
  assert.equal(alone.code, 0, alone.stderr);
  await using test = new TestApp();
  test.commit(...events());
  writeRunFile(world.data_dir, { pid: Deno.pid, url: test.serve(), started_ts: 1 });
  const served = await runCommand(world, args);
  assert.equal(served.stderr, "");
  assert.deepEqual(JSON.parse(served.stdout), JSON.parse(alone.stdout));
  const from = Date.parse("2026-11-20T15:00Z");
  const answer = await test.get(`/api/usage?by=day&tz=Asia/Tokyo&from=${from}`);
  assert.deepEqual(JSON.parse(served.stdout), await answer.json());
});

Deno.test("wrong words are named, with what to write instead", async () => {
  await using world = new TestWorld();
  writeDatabase(world);
  for (const args of [["--by", "mood"], ["--since", "soon"], ["--tz", "Mars"], ["--limit", "x"]]) {
    const { code, stdout, stderr } = await runCommand(world, ["usage", ...args]);
    assert.equal(code, 2, args.join(" "));
    assert.equal(stdout, "");
    assert.match(stderr, /^codexdash: Cannot .*\n$/);
  }
});

Deno.test("a day begins at the zone's midnight, also on a day when clocks change", () => {
  const now = Date.parse("2026-03-29T12:00Z");
  const since = (text: string, zone: string) => new Date(parseSince(text, zone, now)).toISOString();
  assert.equal(since("today", "Europe/Vienna"), "2026-03-28T23:00:00.000Z");
  assert.equal(since("2026-03-30", "Europe/Vienna"), "2026-03-29T22:00:00.000Z");
  assert.equal(since("2026-03-08", "America/New_York"), "2026-03-08T05:00:00.000Z");
  assert.equal(since("2026-03-09", "America/New_York"), "2026-03-09T04:00:00.000Z");
  assert.equal(since("today", "Pacific/Auckland"), "2026-03-29T11:00:00.000Z");
  // Its clocks change between the date's midnight in UTC and its own.
  assert.equal(since("2026-04-05", "Pacific/Auckland"), "2026-04-04T11:00:00.000Z");
  assert.equal(since("90m", "UTC"), "2026-03-29T10:30:00.000Z");
  assert.equal(since("2w", "UTC"), "2026-03-15T12:00:00.000Z");
});
