import assert from "node:assert/strict";
import { SEARCH_KINDS, type SearchResult } from "../../../server/wire.ts";
import { jobEvents, TestApp } from "../../support/app.ts";
import { markersOf, readRollout, rolloutLines } from "../../support/rollouts.ts";

async function find(test: TestApp, query: Record<string, string>): Promise<SearchResult[]> {
  const response = await test.get(`/api/search?${new URLSearchParams(query)}`);
  assert.equal(response.status, 200, JSON.stringify(query));
  return await response.json();
}

async function refusal(test: TestApp, query: Record<string, string>) {
  const response = await test.get(`/api/search?${new URLSearchParams(query)}`);
  assert.equal(response.status, 422, JSON.stringify(query));
  return await response.json() as { code: string; message: string };
}

Deno.test("a search is narrowed by agent, status, kind and time, and goes on before an id", async () => {
  await using test = new TestApp();
  const events = readRollout(rolloutLines("rollout-simple"));
  test.commit(...jobEvents("j1"), ...events);
  const all = await find(test, { q: "mock OR hello" });
  const ids = new Set(all.map(({ job_id }) => job_id));
  assert.deepEqual([...ids], [...markersOf(events).reverse(), "j1"]);
  const narrowed = async (filters: Record<string, string>) =>
    (await find(test, { q: "mock OR hello", ...filters })).map(({ id }) => id);
  const where = (keep: (result: SearchResult) => boolean) => all.filter(keep).map(({ id }) => id);
  assert.deepEqual(await narrowed({ agent: "fast" }), where(({ agent }) => agent === "fast"));
  assert.deepEqual(await narrowed({ agent: "nobody" }), []);
  assert.deepEqual(await narrowed({ status: "done" }), where(({ status }) => status === "done"));
  assert.deepEqual(await narrowed({ status: "error", kind: "", agent: "" }), []);
  for (const kind of SEARCH_KINDS) {
    assert.deepEqual(await narrowed({ kind }), where((result) => result.kind === kind));
  }
  const middle = all[1]!;
  assert.deepEqual(
    await narrowed({ from: String(middle.ts) }),
    where(({ ts }) => ts >= middle.ts),
  );
  assert.deepEqual(await narrowed({ to: String(middle.ts) }), where(({ ts }) => ts < middle.ts));
  assert.deepEqual(await narrowed({ before: String(middle.id) }), all.slice(2).map(({ id }) => id));
  assert.deepEqual(await narrowed({ limit: "1" }), [all[0]!.id]);
});

Deno.test("matches are marked as data: what looks like HTML stays text", async () => {
  await using test = new TestApp();
  const [, dispatch] = jobEvents("j1");
  const prompt_text = '<b onclick="x">bold</b> & <script>';
  test.commit({ ...dispatch, prompt_text } as typeof dispatch & object);
  const [result] = await find(test, { q: "bold" });
  assert.deepEqual(result?.snippet, [
    { text: '<b onclick="x">', match: false },
    { text: "bold", match: true },
    { text: "</b> & <script>", match: false },
  ]);
});

Deno.test("a query that cannot be searched for is answered with what to change", async () => {
  await using test = new TestApp();
  test.commit(...jobEvents("j1"));
  for (const query of [{}, { q: "" }, { q: '"' }, { q: "-x" }, { q: "🙂" }, { q: "\0" }]) {
    const { code, message } = await refusal(test, query as Record<string, string>);
    assert.equal(code, "bad_query", JSON.stringify(query));
    assert.match(message, /^Cannot search .*(add|give) /);
  }
  assert.equal((await refusal(test, { q: "x ".repeat(5_000) })).code, "bad_query");
  for (const bad of [{ status: "odd" }, { kind: "odd" }, { from: "soon" }, { limit: "x" }]) {
    const { code, message } = await refusal(test, { q: "hello", ...bad } as Record<string, string>);
    assert.equal(code, "invalid");
    assert.ok(message.includes(`query.${Object.keys(bad)[0]}`), message);
  }
});
