import assert from "node:assert/strict";
import { join } from "node:path";
import { writeRunFile } from "../../server/run_file.ts";
import { Writer } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";
import { VERSION } from "../../server/version.ts";
import type { EventPayload } from "../../server/wire.ts";
import { jobEvents, TestApp } from "../support/app.ts";
import { runCommand } from "../support/command.ts";
import { TestWorld } from "../support/temp.ts";

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

/** An export without what is different each time. */
const lasting = (text: string) =>
  text.replace(/Exported:? .*/, "").replace(/"exported_ts":\d+/, "");

Deno.test("export writes the same with a server and without one", async () => {
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("j1"));
  await using test = new TestApp({});
  test.commit(...jobEvents("j1"));
  for (const format of ["md", "json", "txt"]) {
    const args = ["export", "j1", "--format", format];
    await Deno.remove(join(world.data_dir, "server.json")).catch(() => {});
    const alone = await runCommand(world, args);
    assert.equal(alone.code, 0, alone.stderr);
    assert.match(alone.stdout, /say hello/);
    writeRunFile(world.data_dir, { pid: Deno.pid, url: test.serve(), started_ts: 1 });
    const asked = await runCommand(world, args);
    assert.deepEqual([asked.code, asked.stderr], [0, ""]);
    assert.equal(lasting(asked.stdout.replaceAll("0.0.0", VERSION)), lasting(alone.stdout));
  }
});

Deno.test("export -o writes a file for its owner, of the kind that its name says, or none", async () => {
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("j1"));
  const path = join(world.dir, "job.json");
  const { code, stdout, stderr } = await runCommand(world, [
    "export",
    "--agent",
    "fast",
    "--since",
    "1970-01-01",
    "-o",
    path,
  ]);
  assert.deepEqual([code, stdout], [0, ""], stderr);
  assert.equal(JSON.parse(await Deno.readTextFile(path)).entries[0].job.job_id, "j1");
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  const nowhere = await runCommand(world, ["export", "j1", "-o", join(world.dir, "no", "job.md")]);
  assert.equal(nowhere.code, 1);
  assert.match(nowhere.stderr, /^codexdash: Cannot write ".*job\.md": /m);
  const before = [...Deno.readDirSync(world.dir)].map(({ name }) => name).sort();
  assert.equal((await runCommand(world, ["export", "j9", "-o", join(world.dir, "x.md")])).code, 1);
  assert.deepEqual([...Deno.readDirSync(world.dir)].map(({ name }) => name).sort(), before);
});

Deno.test("what cannot be exported is one line, with and without a server", async () => {
  await using world = new TestWorld();
  writeDatabase(world, ...jobEvents("j1"));
  await using test = new TestApp();
  test.commit(...jobEvents("j1"));
  const cases: [string[], number, RegExp][] = [
    [[], 2, /Cannot export everything: name a job/],
    [["j1", "--agent", "fast"], 2, /name the job alone/],
    [["j9"], 1, /Cannot find job "j9": codexdash jobs lists them/],
    [["--agent", "nobody"], 1, /Cannot find agent "nobody"/],
    [["j1", "j2"], 2, /"j2" is one word too many/],
    [["j1", "--format", "pdf"], 2, /--format must be one of md, json, txt, not "pdf"/],
    [["--since", "soon"], 2, /--since must be a moment/],
  ];
  const all = () => Promise.all(cases.map(([args]) => runCommand(world, ["export", ...args])));
  for (
    const ends of [
      await all(),
      (writeRunFile(world.data_dir, {
        pid: Deno.pid,
        url: test.serve(),
        started_ts: 1,
      }),
        await all()),
    ]
  ) {
    for (const [index, { code, stdout, stderr }] of ends.entries()) {
      const [args, expected, message] = cases[index]!;
      assert.deepEqual([code, stdout], [expected, ""], `${args}: ${stderr}`);
      assert.match(stderr, message);
    }
  }
});

Deno.test("an export that its server does not finish is a failure, and no file", async () => {
  await using world = new TestWorld();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (request.url.includes("/api/health")) return Response.json({ started_ts: 1 });
    const pieces = ["half of it", undefined];
    return new Response(
      new ReadableStream({
        pull(controller) {
          const piece = pieces.shift();
          if (piece) controller.enqueue(new TextEncoder().encode(piece));
          else controller.error(new Error("stopped"));
        },
      }),
    );
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  writeRunFile(world.data_dir, { pid: Deno.pid, url, started_ts: 1 });
  const path = join(world.dir, "job.md");
  for (const args of [[], ["-o", path]]) {
    const { code, stderr } = await runCommand(world, ["export", "j1", ...args]);
    assert.deepEqual(
      [code, stderr],
      [1, "codexdash: Cannot read the export to its end: the server stopped; try again\n"],
    );
  }
  const names = [...Deno.readDirSync(world.dir)].map(({ name }) => name);
  assert.deepEqual(names.filter((name) => name.includes("job.md")), []);
});
