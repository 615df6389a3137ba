import assert from "node:assert/strict";
import { takeAlone } from "../../server/store/alone.ts";
import { Writer } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";
import { listJobs } from "../../server/store/jobs.ts";
import { jobEvents } from "../support/app.ts";
import { runCommand } from "../support/command.ts";
import { TestWorld } from "../support/temp.ts";

function writeJob(world: TestWorld): void {
  using store = openStore(world.db);
  new Writer(store).commit({
    source: "screens",
    cursor: null,
    events: jobEvents("j1").map((payload) => ({
      payload,
      payload_text: JSON.stringify(payload),
      offset: null,
    })),
  });
}

Deno.test("rebuild makes the rows again from the log", async () => {
  await using world = new TestWorld();
  writeJob(world);
  {
    using store = openStore(world.db);
    store.db.exec("UPDATE jobs SET status = 'error'");
  }
  const { code, stdout, stderr } = await runCommand(world, ["rebuild"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Rebuilt agents and jobs from 7 events in \d+\.\d s\n$/);
  using store = openStore(world.db);
  assert.deepEqual(listJobs(store, { limit: 9 }).map(({ status }) => status), ["done"]);
});

Deno.test("rebuild leaves a database alone that a server has open", async () => {
  await using world = new TestWorld();
  writeJob(world);
  using server = openStore(world.db);
  server.db.exec("UPDATE jobs SET status = 'error'");
  const { code, stderr } = await runCommand(world, ["rebuild"]);
  assert.equal(code, 1);
  assert.match(stderr, /^codexdash: Cannot rebuild ".*": another program has it open/);
  assert.deepEqual(listJobs(server, { limit: 9 }).map(({ status }) => status), ["error"]);
  assert.equal(server.get<{ journal_mode: string }>("PRAGMA journal_mode")?.journal_mode, "wal");
});

Deno.test("rebuild of nothing says that there is nothing", async () => {
  await using world = new TestWorld();
  const { code, stderr } = await runCommand(world, ["rebuild"]);
  assert.equal(code, 1);
  assert.match(stderr, /there is no database/);
});

Deno.test("nobody gets into a database that is taken alone, and anybody afterwards", async () => {
  await using world = new TestWorld();
  writeJob(world);
  {
    using alone = openStore(world.db);
    assert.equal(takeAlone(alone), true);
    assert.equal(alone.get<{ journal_mode: string }>("PRAGMA journal_mode")?.journal_mode, "wal");
    const { code, stderr } = await runCommand(world, ["jobs"]);
    assert.equal(code, 1);
    assert.match(stderr, /^codexdash: Cannot open the database ".*": database is locked\n$/);
  }
  assert.equal((await runCommand(world, ["jobs"])).code, 0);
});
