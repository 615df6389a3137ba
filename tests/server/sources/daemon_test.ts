import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { DaemonClient } from "../../../server/daemon/client.ts";
import { Daemon } from "../../../server/sources/daemon.ts";
import type { Change, ThreadStatusEvent } from "../../../server/wire.ts";
import { PlayedDaemon } from "../../support/codex_daemon.ts";
import { retryUntil } from "../../support/retry.ts";
import { TestWorld } from "../../support/temp.ts";

const ACTIVE = { type: "active", activeFlags: [] };
const ASKS = { type: "active", activeFlags: ["waitingOnApproval"] };
const IDLE = { type: "idle" };

/** Other tests run at the same time, and a daemon is looked for every 2 s. */
const SLOW_MS = 60_000;

/** The source over one CODEX_HOME, and what it told as `thread status`. */
class Heard implements AsyncDisposable {
  readonly world = new TestWorld();
  readonly path = join(this.world.codex_home, "app-server-control", "app-server-control.sock");
  readonly told: string[] = [];
  readonly known = new Set(["a", "b", "c"]);
  readonly source: Daemon;

  constructor(stated: string[] = []) {
    this.source = new Daemon({
      homes: [this.world.codex_home],
      is_known: (thread_id) => this.known.has(thread_id),
      stated,
    });
  }

  start(): Promise<void> {
    return this.source.start((batch) => {
      for (const { thread_id, status } of batch.events as unknown as ThreadStatusEvent[]) {
        this.told.push(`${thread_id} ${status}`);
      }
    });
  }

  until(line: string): Promise<unknown> {
    return retryUntil(line, () => this.told.includes(line), SLOW_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.source.stop();
    await this.world[Symbol.asyncDispose]();
  }
}

Deno.test("what the daemon's threads do is told at the start and with every change", async () => {
  await using heard = new Heard();
  await using daemon = new PlayedDaemon(heard.path);
  daemon.threads.push({ id: "a", status: IDLE }, { id: "b", status: ASKS });
  daemon.threads.push({ id: "c", status: ACTIVE, ephemeral: true });
  await heard.start();
  assert.deepEqual(heard.told, ["a idle", "b approval"]);
  daemon.status("a", ACTIVE);
  daemon.status("a", ACTIVE);
  daemon.status("a", { type: "active", activeFlags: ["waitingOnUserInput"] });
  daemon.status("c", IDLE);
  daemon.status("b", { type: "systemError" });
  await heard.until("b null");
  assert.deepEqual(heard.told.slice(2), ["a working", "a input", "b null"]);
  assert.equal(heard.source.health().state, "live");
  assert.deepEqual(
    new Set(daemon.asked),
    new Set([
      "initialize",
      "initialized",
      "thread/loaded/list",
      "thread/read",
    ]),
    "it is asked for nothing that could change anything",
  );
});

Deno.test("a thread whose session file comes later has its status then", async () => {
  await using heard = new Heard();
  await using daemon = new PlayedDaemon(heard.path);
  await heard.start();
  daemon.status("new", ACTIVE);
  daemon.status("a", ACTIVE);
  await heard.until("a working");
  assert.deepEqual(heard.told, ["a working"]);
  heard.known.add("new");
  const events = [{ type: "thread", thread_id: "new" }] as unknown as Change["events"];
  heard.source.see({ seq: 1, events, agents: [], jobs: [] });
  await heard.until("new working");
});

Deno.test("what nobody knows any more is taken back, and a daemon that comes back is heard", async () => {
  await using heard = new Heard(["a"]);
  await heard.start();
  assert.deepEqual(heard.told, ["a null"], "said before this start");
  assert.equal(heard.source.health().state, "waiting");
  {
    await using daemon = new PlayedDaemon(heard.path);
    daemon.threads.push({ id: "b", status: ASKS });
    await heard.until("b approval");
  }
  await heard.until("b null");
  await using again = new PlayedDaemon(heard.path);
  again.threads.push({ id: "c", status: IDLE });
  await heard.until("c idle");
});

Deno.test("nonsense and unknown messages are passed over, a request is not answered", async () => {
  await using heard = new Heard();
  await using daemon = new PlayedDaemon(heard.path);
  await heard.start();
  for (const text of ["", "{", "[1]", "null", '{"id":99,"result":{}}', '{"method":7}']) {
    daemon.send(text);
  }
  daemon.notify("thread/status/changed", { threadId: 7, status: IDLE });
  daemon.notify("thread/status/changed", {});
  daemon.notify("some/thing/new", { threadId: "a" });
  daemon.status("b", { type: "somethingNew" });
  daemon.send(
    JSON.stringify({ id: 0, method: "item/commandExecution/requestApproval", params: {} }),
  );
  daemon.status("a", IDLE);
  await heard.until("a idle");
  assert.deepEqual(heard.told, ["a idle"]);
  assert.ok(!daemon.asked.includes(undefined as unknown as string), "no answer was sent");
});

Deno.test("a daemon that refuses is no fault, and says why", async () => {
  await using heard = new Heard();
  await using _daemon = new PlayedDaemon(heard.path, { refuse: true });
  await heard.start();
  const { state, detail } = heard.source.health();
  assert.equal(state, "waiting");
  assert.match(detail ?? "", /refused initialize: not today/);
});

Deno.test("nobody is behind a socket that a killed daemon left", async () => {
  await using world = new TestWorld();
  const path = join(world.dir, "left.sock");
  const listener = Deno.listen({ transport: "unix", path });
  listener.close();
  if (!(await Deno.stat(path).catch(() => undefined))) await Deno.writeTextFile(path, "");
  await assert.rejects(
    DaemonClient.connect({ path }),
    /Cannot reach Codex's daemon at .*left.sock/,
  );
});

Deno.test("a question that the daemon never answers fails when it hangs up", async () => {
  await using world = new TestWorld();
  const path = join(world.dir, "silent.sock");
  await using daemon = new PlayedDaemon(path);
  const client = await DaemonClient.connect({ path });
  const asked = client.ask("thread/list", {});
  client.close();
  await assert.rejects(asked, /did not answer thread\/list: the connection ended/);
  await client.ended;
  await assert.rejects(client.ask("thread/list", {}), /the connection is over/);
  assert.equal(daemon.asked[0], "initialize");
});

Deno.test("a daemon that accepts and says nothing holds up no stop", async () => {
  await using heard = new Heard();
  Deno.mkdirSync(dirname(heard.path), { recursive: true });
  using listener = Deno.listen({ transport: "unix", path: heard.path });
  const started = heard.start();
  using _connection = await listener.accept();
  const began = performance.now();
  await heard.source.stop();
  assert.ok(performance.now() - began < 9_000, "less than an answer is waited for");
  await started;
  assert.equal(heard.source.health().state, "stopped");
});
