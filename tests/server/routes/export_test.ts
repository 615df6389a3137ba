import assert from "node:assert/strict";
import { jobEvents, TestApp } from "../../support/app.ts";
import { retryUntil } from "../../support/retry.ts";
import { item, turn } from "../../support/search.ts";

Deno.test("a job is a file of each kind, named for it", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1"));
  const types = {
    "": ["md", "text/markdown; charset=utf-8"],
    "&format=md": ["md", "text/markdown; charset=utf-8"],
    "&format=json": ["json", "application/json"],
    "&format=txt": ["txt", "text/plain; charset=utf-8"],
  };
  for (const [query, [ending, type]] of Object.entries(types)) {
    const response = await test.get(`/api/export?job=j1${query}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), type);
    assert.equal(
      response.headers.get("content-disposition"),
      `attachment; filename="codexdash-job-j1.${ending}"`,
    );
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.match(await response.text(), /say hello/);
  }
});

Deno.test("an agent and a time are exported, also together", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1", 1_000), ...jobEvents("j2", 5_000));
  const ids = async (query: string) => {
    const response = await test.get(`/api/export?format=json&${query}`);
    assert.equal(response.status, 200, query);
    const { entries } = await response.json();
    return entries.map(({ job }: { job: { job_id: string } }) => job.job_id);
  };
  assert.deepEqual(await ids("agent=fast"), ["j1", "j2"]);
  assert.deepEqual(await ids("from=2000"), ["j2"]);
  assert.deepEqual(await ids("to=2000"), ["j1"]);
  assert.deepEqual(await ids("agent=fast&from=2000&to=9000"), ["j2"]);
  assert.deepEqual(await ids("from=9000"), []);
});

Deno.test("what cannot be exported is said in words", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1"));
  const refused = async (query: string, status: number, message: RegExp) => {
    const response = await test.get(`/api/export?${query}`);
    assert.equal(response.status, status, query);
    assert.match((await response.json()).message, message);
  };
  await refused("", 422, /^Cannot export everything: name a job, an agent/);
  await refused("job=&agent=", 422, /^Cannot export everything/);
  await refused("job=j1&from=5", 422, /name the job alone$/);
  await refused("job=j9", 404, /^Cannot find job "j9"/);
  await refused("agent=nobody", 404, /^Cannot find agent "nobody"/);
  await refused("job=j1&format=pdf", 422, /format: must be one of md, json, txt/);
  await refused("from=soon", 422, /query\.from: must be a whole number/);
});

Deno.test("an export waits for its reader, and ends with him", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1"), ...turn("t"));
  test.commit(item("t", { item: "user", text: "[JOB:j1] say hello", markers: ["j1"] }));
  const long = Array.from(
    { length: 400 },
    (_, n) => item("t", { text: `${n} ${"x".repeat(50_000)}`, ts: 3_000 + n }),
  );
  test.commit(...long);
  const response = await fetch(`${test.serve()}/api/export?job=j1&format=txt`);
  const reader = response.body!.getReader();
  await reader.read();
  // 20 MB do not fit between a server and a reader who reads no further: the rest is not made yet.
  test.commit(item("t", { text: "written meanwhile", ts: 9_000 }));
  let text = "";
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    text = (text + decoder.decode(value, { stream: true })).slice(-1_000);
  }
  assert.ok(text.includes("written meanwhile"), text.slice(-200));

  const cut = await fetch(`${test.serve()}/api/export?job=j1&format=txt`);
  await cut.body!.cancel();
  await retryUntil("the next answer", async () => (await test.get("/api/health")).ok);
});
