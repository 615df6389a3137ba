import assert from "node:assert/strict";
import type { LiveMessage, ScreenRow, WireEvent } from "../../../server/wire.ts";
import { PROTOCOL_VERSION } from "../../../server/wire.ts";
import { jobEvents, outputEvent, TestApp } from "../../support/app.ts";
import { retryUntil } from "../../support/retry.ts";
import { SleepingClient, SocketClient } from "../../support/socket.ts";
import { threadEvent, turnItem, turnStart } from "../../support/thread_events.ts";

const SCREEN: ScreenRow = {
  agent: "fast",
  pane_id: "%1",
  ts: 1,
  width: 80,
  height: 24,
  title: "codex",
  lines: ["hello"],
};

/** Slow machines take their time over 20,000 events. */
const PATIENCE_MS = 60_000;

function seqs(messages: LiveMessage[]): number[] {
  return messages.flatMap((message) =>
    message.type === "changes" ? message.events.map(({ seq }) => seq) : []
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

Deno.test("a page gets hello, a snapshot, and then what happens", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1"));
  await using client = await new SocketClient(test.socketUrl("/ws/live")).opened();
  await retryUntil("the snapshot", () => client.texts.length === 2);
  test.commit(outputEvent("more"));
  test.hub.publishScreen(SCREEN);
  test.hub.publishSources();
  await retryUntil("the rest", () => client.texts.length === 5);

  const [hello, snapshot, changes, screen, sources] = client.messages<LiveMessage>();
  assert.deepEqual(hello, {
    type: "hello",
    protocol_version: PROTOCOL_VERSION,
    server_version: "0.0.0",
  });
  assert.ok(snapshot?.type === "snapshot");
  assert.deepEqual(Object.keys(snapshot).sort(), [
    "agents",
    "controller",
    "jobs",
    "screens",
    "seq",
    "sources",
    "ts",
    "type",
    "usage",
  ]);
  assert.equal(snapshot.seq, 7);
  assert.equal(snapshot.jobs[0]?.job_id, "j1");
  assert.ok(changes?.type === "changes");
  assert.deepEqual(changes.events.map(({ seq, text }) => [seq, text]), [[8, "more"]]);
  assert.deepEqual(screen, { type: "screen", screen: SCREEN });
  assert.deepEqual(sources, { type: "sources", sources: [] });
});

Deno.test("pages are told that a transcript grew, and not with what; the flat stream is", async () => {
  await using test = new TestApp();
  const of = { thread_id: "t", turn_id: "u", ts: 1_000 };
  test.commit(threadEvent("t", 1_000), ...turnStart(of));
  await using live = await new SocketClient(test.socketUrl("/ws/live")).opened();
  await using flat = await new SocketClient(test.socketUrl("/ws/events")).opened();
  await retryUntil("the snapshot", () => live.texts.length === 2);
  const item = turnItem("command", of, { command: "cat", output: "secret".repeat(10_000) });
  const { seq } = test.commit(item);
  await using back = await new SocketClient(test.socketUrl("/ws/live", { since: seq - 1 }))
    .opened();
  await retryUntil("the item", () => live.texts.length === 3 && flat.texts.length === 1);
  await retryUntil("what was missed", () => back.texts.length === 3);
  for (const text of [live.texts[2]!, back.texts[1]!]) {
    assert.doesNotMatch(text, /secret/);
    const message = JSON.parse(text) as LiveMessage;
    assert.ok(message.type === "changes");
    assert.deepEqual(
      message.events.map(({ seq, type, thread_id, turn_id }) => [seq, type, thread_id, turn_id]),
      [[seq, "turn_item", "t", "u"]],
    );
  }
  assert.match(flat.texts[0]!, /secret/);
});

Deno.test("the flat stream sends events alone and ignores what a client says", async () => {
  await using test = new TestApp();
  test.commit(outputEvent("before"));
  await using client = await new SocketClient(test.socketUrl("/ws/events")).opened();
  client.send("hello?");
  client.send("{");
  test.hub.publishScreen(SCREEN);
  await retryUntil("an event", () => {
    test.commit(outputEvent("after"));
    return client.texts.length > 0;
  });
  const [event] = client.messages<WireEvent>();
  assert.ok(event);
  assert.equal(event.id, event.seq);
  assert.ok(event.seq > 1);
  for (const key of ["ts", "type", "session", "agent", "pane_id", "window_name", "job_id"]) {
    assert.ok(key in event, key);
  }
  assert.equal(event.text, "after");
});

for (const path of ["/ws/live", "/ws/events"]) {
  Deno.test(`${path} makes up for 20,000 missed events, each once, while more happen`, async () => {
    await using test = new TestApp();
    for (let page = 0; page < 40; page++) {
      test.commit(...Array.from({ length: 500 }, (_, n) => outputEvent(`${page} ${n}`)));
    }
    const url = test.socketUrl(path, { since: 100, protocol: PROTOCOL_VERSION });
    await using client = new SocketClient(url);
    const received = () =>
      path === "/ws/live"
        ? seqs(client.messages<LiveMessage>())
        : client.messages<WireEvent>().map(({ seq }) => seq);
    let last = 20_000;
    while (received().at(-1) !== 20_200) {
      if (last < 20_200) last = test.commit(outputEvent("meanwhile")).seq;
      await new Promise((done) => setTimeout(done, client.texts.length ? 1 : 5));
      if (last === 20_200) {
        await retryUntil("the last event", () => received().at(-1) === last, PATIENCE_MS);
      }
    }
    assert.deepEqual(received(), range(101, 20_200));
    if (path === "/ws/events") return;
    const types = client.messages<LiveMessage>().map(({ type }) => type);
    assert.equal(types.filter((type) => type === "snapshot").length, 1);
    const at = types.indexOf("snapshot");
    const messages = client.messages<LiveMessage>();
    const snapshot = messages[at];
    assert.ok(snapshot?.type === "snapshot");
    assert.equal(snapshot.seq, seqs(messages.slice(0, at)).at(-1));
    for (const message of messages.slice(0, at)) {
      if (message.type === "changes") assert.deepEqual([message.agents, message.jobs], [[], []]);
    }
  });
}

Deno.test("a client that does not read is let go, and nobody else waits for it", async () => {
  await using test = new TestApp();
  const url = test.socketUrl("/ws/events", { since: 0 });
  using sleeping = await SleepingClient.connect(url);
  await using awake = await new SocketClient(url).opened();
  // More than the bound and all that the kernel buffers on the way.
  let last = 0;
  for (let n = 0; n < 40; n++) {
    for (let m = 0; m < 10; m++) last = test.commit(outputEvent(`${n} ${m}`, 100_000)).seq;
    await retryUntil("the other has them all", () => awake.texts.length === last, PATIENCE_MS);
  }

  const { texts, close_code } = await sleeping.wake();
  assert.equal(close_code, 4002);
  const taken = texts.map((text) => (JSON.parse(text) as WireEvent).seq);
  assert.ok(taken.length > 0 && taken.length < 400, `${taken.length} were sent`);

  const since = taken.at(-1) ?? 0;
  await using back = new SocketClient(test.socketUrl("/ws/events", { since }));
  const resumed = () => back.messages<WireEvent>().map(({ seq }) => seq);
  await retryUntil("it has caught up", () => resumed().at(-1) === last, PATIENCE_MS);
  assert.deepEqual([...taken, ...resumed()], range(taken[0] ?? 0, last));
});

Deno.test("a client that does not read holds back only itself while it catches up", async () => {
  await using test = new TestApp();
  for (let n = 0; n < 600; n++) test.commit(outputEvent(`${n}`, 100_000));
  using sleeping = await SleepingClient.connect(test.socketUrl("/ws/events", { since: 0 }));
  await using awake = new SocketClient(test.socketUrl("/ws/events", { since: 0 }));
  await retryUntil("the other client has everything", () => awake.texts.length === 600, 60_000);
  test.stop();
  const { texts, close_code } = await sleeping.wake();
  assert.equal(close_code, 1001);
  assert.ok(texts.length < 600, `${texts.length} were sent`);
});

Deno.test("a page of another protocol version is told which one and closed with 4001", async () => {
  await using test = new TestApp();
  const url = test.socketUrl("/ws/live", { protocol: PROTOCOL_VERSION + 1, since: 0 });
  const client = new SocketClient(url);
  assert.equal((await client.closed).code, 4001);
  const [hello, ...more] = client.messages<LiveMessage>();
  assert.ok(hello?.type === "hello");
  assert.equal(hello.protocol_version, PROTOCOL_VERSION);
  assert.deepEqual(more, []);
});

Deno.test("a client that knows more than the log, as after a new start, follows the log", async () => {
  await using test = new TestApp();
  test.commit(outputEvent("first"));
  await using client = new SocketClient(test.socketUrl("/ws/live", { since: 5_000 }));
  await retryUntil("the snapshot", () => client.texts.length === 2);
  test.commit(outputEvent("second"));
  await retryUntil("the change", () => client.texts.length === 3);
  const messages = client.messages<LiveMessage>();
  assert.deepEqual(messages.map(({ type }) => type), ["hello", "snapshot", "changes"]);
  assert.deepEqual(seqs(messages), [2]);
});

Deno.test("a change is encoded once for all clients, and not at all for none", async () => {
  await using test = new TestApp();
  let encoded = 0;
  const event = {
    ...test.base.commit(outputEvent("x")).events[0]!,
    toJSON: () => ({ type: "counted", count: ++encoded }),
  };
  const change = { seq: 1, events: [event], agents: [], jobs: [] };
  test.hub.publish(change);
  assert.equal(encoded, 0);
  const url = test.socketUrl("/ws/live");
  await using one = new SocketClient(url);
  await using two = new SocketClient(url);
  await using three = new SocketClient(url);
  const clients = [one, two, three];
  await retryUntil("all joined", () => clients.every(({ texts }) => texts.length === 2));
  test.hub.publish(change);
  await retryUntil("all were told", () => clients.every(({ texts }) => texts.length === 3));
  assert.equal(encoded, 1);
});

Deno.test("a server that stops says so to its clients", async () => {
  await using test = new TestApp();
  const client = await new SocketClient(test.socketUrl("/ws/live")).opened();
  await retryUntil("the snapshot", () => client.texts.length === 2);
  test.stop();
  assert.equal((await client.closed).code, 1001);
});

Deno.test("there is an end to how many clients are taken", async () => {
  await using test = new TestApp();
  await using stack = new AsyncDisposableStack();
  const url = test.socketUrl("/ws/events");
  for (let n = 0; n < 64; n++) await stack.use(new SocketClient(url)).opened();
  await assert.rejects(() => SleepingClient.connect(url), /HTTP\/1.1 503/);
});
