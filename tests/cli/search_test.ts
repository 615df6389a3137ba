import assert from "node:assert/strict";
import { join } from "node:path";
import { momentOption } from "../../cli/moments.ts";
import { writeRunFile } from "../../server/run_file.ts";
import { Writer } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";
import type { EventPayload } from "../../server/wire.ts";
import { jobEvents, TestApp } from "../support/app.ts";
import { runCommand, RunningCommand } from "../support/command.ts";
import { retryUntil } from "../support/retry.ts";
import { markersOf, readRollout, rolloutLines } from "../support/rollouts.ts";
import { TestWorld } from "../support/temp.ts";

const MAIN = join(import.meta.dirname ?? ".", "..", "..", "main.ts");

function writeDatabase(world: TestWorld, ...events: EventPayload[]): void {
  using store = openStore(world.db);
  new Writer(store).commit({
    source: "screens",
    cursor: null,
    events: events.map((payload) => ({
      payload,
      payload_text: JSON.stringify(payload),
      offset: null,
    })),
  });
}

Deno.test("search finds the same with a server and without one", async () => {
  const rollout = readRollout(rolloutLines("rollout-exec"));
  const [job_id] = markersOf(rollout);
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("j1"), ...rollout);
  const args = ["search", "--kind", "command", "to-std"];
  const alone = await runCommand(world, args);
  assert.equal(alone.code, 0, alone.stderr);
  assert.match(alone.stderr, /^codexdash: the server does not run; /);
  const [head, text, ...rest] = alone.stdout.trimEnd().split("\n");
  assert.match(head!, new RegExp(`^\\d{4}-\\d\\d-\\d\\d [\\d:]{8}  command  job ${job_id}  done$`));
  assert.match(text!, /^ {2}ls; echo to-stderr >&2; exit 3/);
  assert.deepEqual(rest, []);

  await using test = new TestApp();
  writeRunFile(world.data_dir, { pid: Deno.pid, url: test.serve(), started_ts: 1 });
  test.commit(...jobEvents("j1"), ...rollout);
  const asked = await runCommand(world, args);
  assert.deepEqual([asked.code, asked.stdout, asked.stderr], [0, alone.stdout, ""]);
  const json = await runCommand(world, ["search", "--json", "--agent", "fast", "say", "hello"]);
  assert.deepEqual(
    JSON.parse(json.stdout),
    await (await test.get("/api/search?q=say+hello&agent=fast")).json(),
  );
  assert.equal(JSON.parse(json.stdout).length, 1);
});

Deno.test("nothing found is exit code 1, what cannot be searched for is 2, as with grep", async () => {
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("j1"));
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCommand(world, ["search", ...args]);
    return { code, stdout, said: stderr.trimEnd().split("\n").at(-1)! };
  };
  assert.deepEqual(await run("nonsense"), {
    code: 1,
    stdout: "",
    said: "codexdash: nothing found for nonsense",
  });
  assert.equal((await run("hello", "--status", "error")).code, 1);
  assert.equal((await run("hello", "--since", "1h")).code, 1);
  assert.equal((await run("hello", "--since", "1970-01-01", "--until", "1971-01-01")).code, 0);
  assert.equal((await run("--", "hello", "-say")).code, 1);
  const empty = await run("--json", "nonsense");
  assert.deepEqual([empty.code, JSON.parse(empty.stdout)], [1, []]);
  for (
    const args of [[], ["-q"], ["x", "--kind", "y"], ["x", "--since", "y"], ["x", "--limit", "y"]]
  ) {
    const { code, said } = await run(...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(said, /^codexdash: Cannot run search: .*; see codexdash search --help$/);
  }
  const bad = await run("--", "-hello");
  assert.equal(bad.code, 2);
  assert.match(bad.said, /^codexdash: Cannot search only for what is not there/);

  await using test = new TestApp();
  writeRunFile(world.data_dir, { pid: Deno.pid, url: test.serve(), started_ts: 1 });
  assert.deepEqual(await run("--", "-hello"), bad);
});

Deno.test("a server that starts on a database without an index makes it", async () => {
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("j1"));
  {
    using store = openStore(world.db);
    store.db.exec("DELETE FROM search_items");
    store.db.exec("INSERT INTO search_text (search_text) VALUES ('delete-all')");
  }
  assert.equal((await runCommand(world, ["search", "hello"])).code, 1);
  await using server = new RunningCommand(world, ["serve"]);
  await server.until("the address", ({ stdout }) => stdout.includes("http://"));
  const { code, stdout, stderr } = await runCommand(world, ["search", "hello"]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /fast {2}prompt {2}job j1 {2}done\n {2}say hello\n$/);
});

Deno.test("on a terminal matches have a colour, without with NO_COLOR", async () => {
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("j1"));
  const show = async (name: string, env: Record<string, string>) => {
    const variables = Object.entries(world.env(env)).map(([key, value]) => `${key}='${value}'`);
    const run = `${Deno.execPath()} run -A --no-check ${MAIN} search hello`;
    const command = `env -i ${variables.join(" ")} ${run}; echo THE END; exec sleep 600`;
    await world.tmux("new-session", "-d", "-s", name, "-x", "90", "-y", "12", command);
    return await retryUntil("the result", async () => {
      const screen = await world.tmux("capture-pane", "-p", "-e", "-t", `=${name}:`);
      return screen.includes("THE END") && screen;
    }, 60_000);
  };
  assert.match(await show("coloured", {}), /say \S{1,2}33mhello/);
  assert.match(await show("plain", { NO_COLOR: "1" }), /^ {2}say hello$/m);
});

Deno.test("a moment is a time ago, a day here, or a date with its time", () => {
  const now = Date.parse("2026-03-10T12:00:00Z");
  const read = (text: string) => momentOption("search", { name: "since", text, now });
  assert.equal(read("30m"), now - 1_800_000);
  assert.equal(read("2w"), now - 14 * 86_400_000);
  assert.equal(read("2026-03-01"), new Date(2026, 2, 1).getTime());
  assert.equal(read("2026-03-01T14:30"), new Date(2026, 2, 1, 14, 30).getTime());
  assert.equal(read("2026-03-01T14:30:05.250Z"), Date.UTC(2026, 2, 1, 14, 30, 5, 250));
  assert.equal(read("2026-03-01 14:30+02:00"), Date.UTC(2026, 2, 1, 12, 30));
  for (const text of ["", "yesterday", "5", "5y", "2026-13-01", "2026-03-01T25:00", "-5m"]) {
    assert.throws(() => read(text), /^CodexdashError: Cannot run search: --since must be a moment/);
  }
});
