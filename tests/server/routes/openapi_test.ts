import assert from "node:assert/strict";
import { jobEvents, TestApp } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";

interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
}

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** Why a value does not fit a schema; a key that the schema does not name is one, too. */
function misfits(document: Document, { schema, value, at }: {
  schema: Schema;
  value: unknown;
  at: string;
}): string[] {
  const inner = (schema: Schema, value: unknown, key: string | number) =>
    misfits(document, { schema, value, at: `${at}.${key}` });
  if (schema.$ref) {
    const named = document.components.schemas[schema.$ref.split("/").at(-1) ?? ""];
    assert.ok(named, `${schema.$ref} is not in the document`);
    return misfits(document, { schema: named, value, at });
  }
  if (schema.anyOf) {
    const all = schema.anyOf.map((option) => misfits(document, { schema: option, value, at }));
    return all.find((found) => found.length === 0) ?? all.flat();
  }
  if (Object.keys(schema).length === 0) return [];
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${value} is not in its enum`];
  if ("const" in schema && schema.const !== value) return [`${at}: ${value} is not its constant`];
  const types = [schema.type ?? []].flat();
  if (types.length && !types.some((type) => hasType(value, type))) {
    return [`${at}: ${JSON.stringify(value)} is not ${types.join(" or ")}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => schema.items ? inner(schema.items, item, index) : []);
  }
  if (typeof value !== "object" || value === null) return [];
  const missing = (schema.required ?? []).filter((key) => !(key in value));
  const { properties = {}, additionalProperties = false } = schema;
  return [
    ...missing.map((key) => `${at}.${key} is missing`),
    ...Object.entries(value).flatMap(([key, item]) => {
      const known = properties[key] ?? additionalProperties;
      if (typeof known !== "boolean") return inner(known, item, key);
      return known ? [] : [`${at}.${key} is not documented`];
    }),
  ];
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`The document has an unknown type "${type}"`);
  }
}

async function readDocument(test: TestApp): Promise<Document> {
  const response = await test.get("/api/openapi.json");
  assert.equal(response.status, 200);
  return await response.json();
}

Deno.test("every registered route is in the document, and the document names no other", async () => {
  await using test = new TestApp();
  const { openapi, paths } = await readDocument(test);
  assert.equal(openapi, "3.1.0");
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`)
  );
  const registered = test.app.routes
    .filter(({ path, method }) => method !== "ALL" && /^\/(api|ws)\//.test(path))
    .map(({ path, method }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  assert.deepEqual(documented.sort(), [...new Set(registered)].sort());
  assert.ok(documented.includes("GET /ws/live"));
});

Deno.test("every response fits the schema that the document gives it", async () => {
  await using test = new TestApp();
  const rollout = readRollout(rolloutLines("rollout-exec"));
  const [job_id = ""] = markersOf(rollout);
  test.commit(...jobEvents("j1"), ...rollout);
  test.hub.setSources(() => [{
    source: "event_file",
    state: "live",
    detail: null,
    lag_bytes: 0,
    bad_lines: 0,
    last_ts: 1,
  }]);
  const document = await readDocument(test);
  const body = { targets: ["fast"], prompt: "x" };
  const evil = { origin: "http://evil.example" };
  const cases: { path: string; route?: string; method?: string; response: Response }[] = [
    { path: "/api/health", response: await test.get("/api/health") },
    { path: "/api/agents", response: await test.get("/api/agents") },
    { path: "/api/jobs", response: await test.get("/api/jobs") },
    { path: "/api/jobs", response: await test.get("/api/jobs?limit=x") },
    { path: "/api/jobs/{job_id}", response: await test.get("/api/jobs/j1") },
    { path: "/api/jobs/{job_id}", response: await test.get("/api/jobs/none") },
    { path: "/api/events", response: await test.get("/api/events") },
    { path: "/api/events", response: await test.get("/api/events?since=x") },
    { path: "/api/threads", response: await test.get("/api/threads") },
    {
      path: "/api/threads/{thread_id}",
      response: await test.get(
        `/api/threads/${rollout[0]?.type === "thread" && rollout[0].thread_id}`,
      ),
    },
    { path: "/api/threads/{thread_id}", response: await test.get("/api/threads/none") },
    { path: "/api/threads", response: await test.get("/api/threads?before=x") },
    {
      path: "/api/threads/{thread_id}/transcript",
      response: await test.get(
        `/api/threads/${rollout[0]?.type === "thread" && rollout[0].thread_id}/transcript`,
      ),
    },
    { path: "/api/jobs/{job_id}/turns", response: await test.get(`/api/jobs/${job_id}/turns`) },
    { path: "/api/jobs/{job_id}/turns", response: await test.get("/api/jobs/j1/turns") },
    { path: "/api/jobs/{job_id}/turns", response: await test.get("/api/jobs/none/turns") },
    {
      path: "/api/jobs/{job_id}/transcript",
      response: await test.get(`/api/jobs/${job_id}/transcript`),
    },
    { path: "/api/search", response: await test.get("/api/search?q=hello+OR+mock") },
    { path: "/api/search", response: await test.get("/api/search?q=%22") },
    { path: "/api/export", response: await test.get("/api/export?format=json&job=j1") },
    { path: "/api/export", response: await test.get("/api/export") },
    { path: "/api/export", response: await test.get("/api/export?job=none") },
    { path: "/api/usage", response: await test.get("/api/usage?by=model") },
    { path: "/api/usage", response: await test.get("/api/usage?by=shoe") },
    { path: "/api/limits", response: await test.get("/api/limits") },
    { path: "/api/doctor", response: await test.get("/api/doctor") },
    { path: "/api/openapi.json", response: await test.get("/api/openapi.json") },
    { path: "/ws/live", response: await test.get("/ws/live") },
    { path: "/ws/events", response: await test.get("/ws/events?since=x") },
    { path: "/api/dispatch", method: "post", response: await test.post("/api/dispatch", body) },
    { path: "/api/dispatch", method: "post", response: await test.post("/api/dispatch", {}) },
    { path: "/api/dispatch", method: "post", response: await test.post("/api/dispatch", "{") },
    {
      path: "/api/dispatch",
      method: "post",
      response: await test.post("/api/dispatch", body, evil),
    },
    {
      path: "/api/dispatch",
      method: "post",
      response: await test.post("/api/dispatch", body, { "content-type": "text/plain" }),
    },
  ];
  for (const { path, method = "get", response } of cases) {
    const at = `${method} ${path} ${response.status}`;
    const documented = document.paths[path]?.[method]?.responses[response.status];
    assert.ok(documented, `${at} is not documented`);
    const schema = documented.content?.["application/json"]?.schema;
    assert.ok(schema, `${at} has no schema`);
    assert.deepEqual(misfits(document, { schema, value: await response.json(), at }), []);
  }
  const tested = new Set(cases.map(({ path }) => path));
  assert.deepEqual(Object.keys(document.paths).filter((path) => !tested.has(path)), []);
});
