import assert from "node:assert/strict";
import { jobEvents, outputEvent, TestApp } from "../../support/app.ts";

const TOKENS = [
  "prompt_tokens_exact",
  "completion_tokens_exact",
  "total_tokens_exact",
  "prompt_tokens_est",
  "completion_tokens_est",
  "total_tokens_est",
];
const PROMPT = [
  "prompt_text",
  "prompt_hash",
  "prompt_bytes",
  "output_path",
  "output_bytes",
  "model",
];

/** What the old server's clients read; every key of it is always there. */
const OLD_AGENT = [
  "agent",
  "status",
  "last_seen",
  "pane_id",
  "window_name",
  "session",
  "model",
];
const OLD_JOB = [
  "job_id",
  "agent",
  "status",
  "started_ts",
  "updated_ts",
  "duration_ms",
  ...PROMPT,
  ...TOKENS,
];
const OLD_EVENT = [
  "id",
  "ts",
  "type",
  "session",
  "agent",
  "pane_id",
  "window_name",
  "job_id",
  "payload",
  ...PROMPT,
  ...TOKENS,
  "text",
  "status",
  "sub_agent",
  "stream",
  "exit_code",
];

function assertKeys(row: object, keys: string[]): void {
  for (const key of keys) assert.ok(key in row, `"${key}" is not in ${JSON.stringify(row)}`);
}

Deno.test("every key that the old clients read is in agents, jobs, a job and events", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1"));

  const agents = await (await test.get("/api/agents")).json();
  assert.equal(agents.length, 1);
  assertKeys(agents[0], OLD_AGENT);
  assert.equal(agents[0].status, "idle");

  const jobs = await (await test.get("/api/jobs?limit=20&status=&agent=")).json();
  assert.equal(jobs.length, 1);
  assertKeys(jobs[0], OLD_JOB);
  assert.equal(jobs[0].status, "done");

  const events = await (await test.get("/api/events?limit=30")).json();
  assert.equal(events.length, 7);
  for (const event of events) {
    assertKeys(event, OLD_EVENT);
    assert.equal(JSON.parse(event.payload).type, event.type);
  }
  assert.deepEqual(events.map(({ ts }: { ts: number }) => ts).slice(0, 2), [1_006, 1_005]);

  const { job, events: of_job } = await (await test.get("/api/jobs/j1")).json();
  assert.deepEqual(job, jobs[0]);
  assert.ok(of_job.length >= 4);
  const times = of_job.map(({ ts }: { ts: number }) => ts);
  assert.deepEqual(times, times.toSorted());
});

Deno.test("an unknown job is answered with null and no events", async () => {
  await using test = new TestApp();
  const response = await test.get("/api/jobs/no%2Fsuch");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { job: null, events: [], cost: null });
});

Deno.test("health is not ok while a source has failed", async () => {
  await using test = new TestApp();
  const before = await (await test.get("/api/health")).json();
  assert.equal(before.ok, true);
  assert.ok(Math.abs(before.ts - Date.now()) < 60_000);
  test.hub.setSources(() => [{
    source: "event_file",
    state: "failed",
    detail: "Cannot read it",
    lag_bytes: null,
    bad_lines: 0,
    last_ts: null,
  }]);
  const response = await test.get("/api/health");
  assert.equal(response.status, 200);
  assert.equal((await response.json()).ok, false);
});

Deno.test("limits are bounded, not obeyed", async () => {
  await using test = new TestApp();
  test.commit(...Array.from({ length: 300 }, (_, n) => outputEvent(`line ${n}`)));
  const count = async (path: string) => (await (await test.get(path)).json()).length;
  assert.equal(await count("/api/events"), 200);
  assert.equal(await count("/api/events?limit="), 200);
  assert.equal(await count("/api/events?limit=7"), 7);
  assert.equal(await count("/api/events?limit=-1"), 0);
  assert.equal(await count("/api/events?limit=99999999999999999999999"), 300);
  assert.equal(await count("/api/events?since=-99999999999999999999999"), 200);
  assert.equal(await count("/api/events?since=5001"), 0);
  assert.equal(await count("/api/jobs?limit=-5"), 0);
});

Deno.test("jobs narrow by agent and status, and an unknown status has none", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1"));
  const count = async (path: string) => (await (await test.get(path)).json()).length;
  assert.equal(await count("/api/jobs?agent=fast&status=done"), 1);
  assert.equal(await count("/api/jobs?agent=deep"), 0);
  assert.equal(await count("/api/jobs?status=running"), 0);
  assert.equal(await count("/api/jobs?status=x'--"), 0);
});

Deno.test("a number that is none is 422 and says where", async () => {
  await using test = new TestApp();
  for (
    const path of [
      "/api/events?limit=abc",
      "/api/events?since=1.5",
      "/api/jobs?limit=1e3",
      "/api/jobs?limit=0x10",
      "/api/jobs/j1?limit=NaN",
      "/ws/events?since=abc",
    ]
  ) {
    const response = await test.get(path);
    assert.equal(response.status, 422, path);
    const body = await response.json();
    assert.deepEqual(Object.keys(body).sort(), ["code", "detail", "message"]);
    assert.equal(body.code, "invalid");
    assert.equal(body.detail[0].loc[0], "query");
    assert.match(body.message, /must be a whole number/);
  }
});

Deno.test("dispatch hands over what was asked and answers with the job", async () => {
  await using test = new TestApp();
  const response = await test.post("/api/dispatch", {
    targets: ["fast"],
    prompt: "say hello",
    parallel: null,
    wait: 5,
    outdir: null,
    more: "is ignored",
  });
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { ok: true, pid: null, job_id: "job-1" });
  assert.deepEqual(JSON.parse(JSON.stringify(test.dispatched)), [
    { targets: ["fast"], prompt: "say hello", wait: 5 },
  ]);
});

Deno.test("a body that does not fit is refused and nothing is sent", async () => {
  await using test = new TestApp();
  const bad: unknown[] = [
    "{",
    "",
    "null",
    [],
    {},
    { targets: [], prompt: "x" },
    { targets: "fast", prompt: "x" },
    { targets: [""], prompt: "x" },
    { targets: ["fast"] },
    { targets: ["fast"], prompt: "" },
    { targets: ["fast"], prompt: 7 },
    { targets: ["fast"], prompt: "x", wait: -1 },
    { targets: ["fast"], prompt: "x", wait: "soon" },
    { targets: ["fast"], prompt: "x", parallel: "yes" },
    { targets: Array(65).fill("fast"), prompt: "x" },
  ];
  for (const body of bad) {
    const response = await test.post("/api/dispatch", body);
    assert.equal(response.status, 422, JSON.stringify(body));
    const answer = await response.json();
    assert.deepEqual(Object.keys(answer).sort(), ["code", "detail", "message"]);
    assert.equal(answer.code, "invalid");
  }
  assert.deepEqual(test.dispatched, []);
});

Deno.test("a body must be JSON and of a bounded size", async () => {
  await using test = new TestApp();
  const body = JSON.stringify({ targets: ["fast"], prompt: "x" });
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
    const response = await test.post("/api/dispatch", body, { "content-type": type });
    assert.equal(response.status, 415, type);
    assert.equal((await response.json()).code, "unsupported_media_type");
  }
  const none = await test.app.request("/api/dispatch", { method: "POST" });
  assert.equal(none.status, 415);

  const large = await fetch(`${test.serve()}/api/dispatch`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ targets: ["fast"], prompt: "x".repeat(2 * 1024 * 1024) }),
  });
  assert.equal(large.status, 413);
  assert.equal((await large.json()).code, "too_large");
  assert.deepEqual(test.dispatched, []);

  const utf8 = { "content-type": "application/json; charset=utf-8" };
  assert.equal((await test.post("/api/dispatch", body, utf8)).status, 200);
});

Deno.test("a defect is told as one, and its cause is not", async () => {
  await using test = new TestApp({
    dispatch: () => Promise.reject(new Error("secret path")),
  });
  const response = await test.post("/api/dispatch", { targets: ["fast"], prompt: "x" });
  assert.equal(response.status, 500);
  const text = await response.text();
  assert.equal(JSON.parse(text).code, "internal");
  assert.ok(!text.includes("secret"));
});

Deno.test("a known path with another method is 405 and says which it has", async () => {
  await using test = new TestApp();
  const cases = [
    ["POST", "/api/health", "GET, HEAD"],
    ["DELETE", "/api/jobs/j1", "GET, HEAD"],
    ["PUT", "/api/agents", "GET, HEAD"],
    ["GET", "/api/dispatch", "POST"],
    ["POST", "/api/openapi.json", "GET, HEAD"],
    ["POST", "/ws/live", "GET, HEAD"],
    ["POST", "/", "GET, HEAD"],
    ["PATCH", "/jobs", "GET, HEAD"],
    ["POST", "/static/app.css", "GET, HEAD"],
  ];
  for (const [method = "", path = "", allow] of cases) {
    const response = await test.app.request(path, { method });
    assert.equal(response.status, 405, `${method} ${path}`);
    assert.equal(response.headers.get("allow"), allow);
    assert.equal((await response.json()).code, "method_not_allowed");
  }
  const head = await test.app.request("/api/health", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), "");
});

Deno.test("an unknown path is 404, as JSON for programs and as a page for people", async () => {
  await using test = new TestApp();
  for (const path of ["/api/nothing", "/api/jobs/j1/x", "/ws/nothing", "/static/none.css"]) {
    const response = await test.get(path);
    assert.equal(response.status, 404, path);
    assert.equal((await response.json()).code, "not_found");
  }
  const page = await test.get("/nothing");
  assert.equal(page.status, 404);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
});

Deno.test("every response says what a page may do and that types are not guessed", async () => {
  await using test = new TestApp();
  for (const path of ["/", "/api/health", "/api/nothing", "/nothing", "/api/jobs?limit=x"]) {
    const { headers } = await test.get(path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, /script-src 'self';/);
    assert.ok(!policy.includes("unsafe"));
  }
});
