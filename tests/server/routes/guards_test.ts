import assert from "node:assert/strict";
import { TestApp } from "../../support/app.ts";

const PROMPT = { targets: ["fast"], prompt: "x" };

Deno.test("a page of another site cannot dispatch", async () => {
  await using test = new TestApp();
  const sites = [
    "http://evil.example",
    "http://localhost:3000",
    "https://127.0.0.1:8091",
    "http://localhost.evil.example:8090",
    "null",
    "file://",
    "",
  ];
  for (const origin of sites) {
    const response = await test.post("/api/dispatch", PROMPT, { host: "localhost:8090", origin });
    assert.equal(response.status, 403, origin);
    assert.equal((await response.json()).code, "forbidden");
  }
  assert.deepEqual(test.dispatched, []);
});

Deno.test("our own page and programs without a page can dispatch, by every loopback name", async () => {
  await using test = new TestApp();
  for (const host of ["localhost:8090", "127.0.0.1:8090", "[::1]:8090", "LOCALHOST:8090"]) {
    for (const origin of [undefined, `http://${host}`, "http://localhost:8090"]) {
      const headers = { host, ...(origin !== undefined && { origin }) };
      const response = await test.post("/api/dispatch", PROMPT, headers);
      assert.equal(response.status, 200, `${host} ${origin}`);
    }
  }
});

Deno.test("a name that somebody points at this machine reads and sends nothing", async () => {
  await using test = new TestApp();
  const hosts = [
    "evil.example:8090",
    "localhost.evil.example",
    "10.0.0.7:8090",
    "a b",
    "x@localhost",
  ];
  for (const host of hosts) {
    const read = await test.get("/api/events", { host });
    assert.equal(read.status, 403, host);
    const sent = await test.post("/api/dispatch", PROMPT, { host, origin: `http://${host}` });
    assert.equal(sent.status, 403, host);
  }
  assert.deepEqual(test.dispatched, []);
});

Deno.test("a server on every address is reached by addresses, its own name and allowed ones", async () => {
  await using test = new TestApp({
    config: { host: "0.0.0.0", allowed_hosts: "tower.example, box.local" },
  });
  for (const host of ["192.168.1.5:8090", "[fe80::1]:8090", "tower.example", "Box.local:8090"]) {
    const response = await test.post("/api/dispatch", PROMPT, { host, origin: `http://${host}` });
    assert.equal(response.status, 200, host);
  }
  const behind_proxy = { host: "127.0.0.1:8090", origin: "https://tower.example" };
  assert.equal((await test.post("/api/dispatch", PROMPT, behind_proxy)).status, 200);
  assert.equal((await test.get("/api/health", { host: "evil.example" })).status, 403);
  const other_site = { host: "192.168.1.5:8090", origin: "http://192.168.1.6:8090" };
  assert.equal((await test.post("/api/dispatch", PROMPT, other_site)).status, 403);
});

Deno.test("a socket is opened for our own page and for programs, not for another site's page", async () => {
  await using test = new TestApp();
  const url = new URL(test.serve());
  const answer = async (headers: Record<string, string | undefined>) => {
    using connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
    const lines = Object.entries({
      host: url.host,
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    }).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    await connection.write(new TextEncoder().encode(`GET /ws/live HTTP/1.1\r\n${lines}\r\n`));
    const bytes = new Uint8Array(4_096);
    const count = await connection.read(bytes);
    return Number(new TextDecoder().decode(bytes.subarray(0, count ?? 0)).split(" ")[1]);
  };
  assert.equal(await answer({}), 101);
  assert.equal(await answer({ origin: url.origin }), 101);
  assert.equal(await answer({ origin: `http://localhost:${url.port}` }), 101);
  assert.equal(await answer({ origin: "http://evil.example" }), 403);
  assert.equal(await answer({ origin: "http://localhost:1" }), 403);
  assert.equal(await answer({ host: "evil.example" }), 403);
  assert.equal(await answer({ "sec-websocket-key": undefined }), 422);
  assert.equal(await answer({ upgrade: "h2c" }), 426);
});
