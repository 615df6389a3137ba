import assert from "node:assert/strict";
import { join } from "node:path";
import { allHomes, CAN_READ_ZSTD } from "../../server/codex/session_files.ts";
import { loadConfig } from "../../server/config.ts";
import { checkRollouts } from "../../server/doctor/rollouts_check.ts";
import { metaLine, rolloutName } from "../support/rollout_world.ts";
import { TestWorld } from "../support/temp.ts";

function check(world: TestWorld, env: Record<string, string> = {}, visit = {}) {
  return checkRollouts({
    config: loadConfig({}, world.env(env)),
    store: undefined,
    sources: undefined,
    server_url: undefined,
    now: Date.now(),
    ...visit,
  });
}

function write(home: string, name: string, days_old = 0): void {
  const folder = join(home, "sessions", "2026", "11", "21");
  const path = join(folder, name);
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeTextFileSync(path, metaLine("a"));
  const ts = new Date(Date.now() - days_old * 86_400_000);
  Deno.utimeSync(path, ts, ts);
}

Deno.test("session files are counted without a server, those beyond the horizon apart", async () => {
  await using world = new TestWorld();
  const other = join(world.dir, "other");
  write(world.codex_home, rolloutName(1));
  write(world.codex_home, rolloutName(2), 5);
  write(other, rolloutName(3), 50);
  write(other, "notes.jsonl");
  const { findings } = await check(world, {
    CODEXDASH_CODEX_HOMES: `${other}:${world.codex_home}`,
  });
  assert.deepEqual(findings.map(({ severity, detail }) => ({ severity, detail })), [
    { severity: "ok", detail: "2 session files, 1 older than 30 days skipped" },
  ]);
  const near = await check(world, { CODEXDASH_ROLLOUT_HORIZON_DAYS: "2" });
  assert.equal(near.findings[0]?.detail, "1 session files, 1 older than 2 days skipped");
});

Deno.test("the running server's own count is shown", async () => {
  await using world = new TestWorld();
  const detail = "7 session files followed, 3 cannot be read";
  const { findings } = await check(world, {}, { sources: [{ source: "rollouts", detail }] });
  assert.equal(findings[0]?.detail, detail);
});

Deno.test("compressed files are a warning where the runtime cannot read them, and no double of a plain one", async () => {
  await using world = new TestWorld();
  write(world.codex_home, rolloutName(1));
  write(world.codex_home, `${rolloutName(1)}.zst`);
  write(world.codex_home, `${rolloutName(2)}.zst`);
  const { findings } = await check(world);
  assert.equal(findings[0]?.detail, "2 session files");
  const compressed = findings.filter(({ id }) => id === "rollouts_compressed");
  assert.deepEqual(
    compressed.map(({ title }) => title),
    CAN_READ_ZSTD ? [] : ["1 compressed session files cannot be read"],
  );
});

Deno.test("several homes are a list with colons, each absolute and once", () => {
  const config = loadConfig({ "codex-homes": "~/a:/b::/c/../b" }, { HOME: "/home/u" });
  assert.equal(config.codex_homes, "/home/u/a:/b:/b");
  assert.deepEqual(allHomes(config.codex_home, config.codex_homes), [
    "/home/u/.codex",
    "/home/u/a",
    "/b",
  ]);
});
