/** Costs wherever they are told: API, page, command and doctor; with a price list and without. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../../server/config.ts";
import { checkPrices } from "../../server/doctor/prices_check.ts";
import { setLogLevel } from "../../server/log.ts";
import { writeRunFile } from "../../server/run_file.ts";
import { Writer } from "../../server/store/commit.ts";
import { openStore } from "../../server/store/db.ts";
import type { EventPayload } from "../../server/wire.ts";
import { TestApp } from "../support/app.ts";
import { runCommand } from "../support/command.ts";
import { PRICES } from "../support/prices.ts";
import { markersOf, readRollout, rolloutLines } from "../support/rollouts.ts";
import { TestWorld } from "../support/temp.ts";

setLogLevel("silent");

const EVENTS: EventPayload[] = readRollout(rolloutLines("rollout-simple"), "rollout-simple");
const [JOB = ""] = markersOf(readRollout(rolloutLines("rollout-simple"), "rollout-simple"));
/** 1,200 of input, 1,000 of it cached, and 85 of output. */
const AMOUNT = (200 * 2 + 1_000 * 0.5 + 85 * 10) / 1_000_000;
const COST = {
  amount: AMOUNT,
  currency: PRICES.currency,
  source: PRICES.source,
  date: PRICES.date,
};

function writePrices(path: string, models: object = PRICES.models): void {
  Deno.writeTextFileSync(path, JSON.stringify({ ...PRICES, models }));
}

async function json(test: TestApp, path: string) {
  const response = await test.get(path);
  assert.equal(response.status, 200, path);
  return await response.json();
}

Deno.test("the API tells costs while there is a price list, as it is at that moment", async () => {
  await using world = new TestWorld();
  const path = join(world.data_dir, "prices.json");
  await using test = new TestApp({ config: { prices: path } });
  test.commit(...EVENTS);

  assert.equal((await json(test, `/api/jobs/${JOB}`)).cost, null);
  assert.equal((await json(test, "/api/usage?by=model"))[0].cost, null);

  writePrices(path);
  assert.deepEqual((await json(test, `/api/jobs/${JOB}`)).cost, COST);
  for (const by of ["agent", "job", "model", "day", "hour", "thread", "total"]) {
    const rows = await json(test, `/api/usage?by=${by}`);
    const sum = rows.reduce((sum: number, row: { cost: typeof COST }) => sum + row.cost.amount, 0);
    assert.equal(sum.toFixed(6), (2 * AMOUNT).toFixed(6), by);
    assert.equal(rows[0].cost.source, PRICES.source);
  }

  writePrices(path, { "gpt-7": { input: 1, cached_input: 1, output: 1 } });
  assert.equal((await json(test, `/api/jobs/${JOB}`)).cost, null, "its model has no price now");

  Deno.writeTextFileSync(path, "not a price list");
  assert.equal((await json(test, `/api/jobs/${JOB}`)).cost, null);
  assert.equal((await json(test, "/api/jobs/nobody")).cost, null);
});

Deno.test("the job's page shows its cost with where and when the prices are from", async () => {
  await using world = new TestWorld();
  const path = join(world.data_dir, "prices.json");
  await using test = new TestApp({ config: { prices: path } });
  test.commit(...EVENTS);
  const words = async () => {
    const html =
      (await (await test.get(`/jobs/${JOB}`)).text()).split('<script type="application')[0];
    return html!.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
  };
  assert.doesNotMatch(await words(), /[Cc]ost/);
  writePrices(path);
  assert.match(
    await words(),
    /0\.0018 USD Cost of the exact tokens, by the prices of 2026-11-01 from https:\/\/example\.com/,
  );
});

Deno.test("the commands show costs with a server and without", async () => {
  await using world = new TestWorld();
  const path = join(world.data_dir, "prices.json");
  {
    using store = openStore(world.db);
    new Writer(store).commit({
      source: "screens",
      cursor: null,
      events: EVENTS.map((payload) => ({
        payload,
        payload_text: JSON.stringify(payload),
        offset: null,
      })),
    });
  }
  assert.doesNotMatch((await runCommand(world, ["job", JOB])).stdout, /^Cost/m);
  assert.doesNotMatch((await runCommand(world, ["usage"])).stdout, /COST/);
  writePrices(path);
  const check = async () => {
    const job = await runCommand(world, ["job", JOB]);
    assert.match(
      job.stdout,
      /^Cost +0\.0018 USD, by https:\/\/example\.com\/prices of 2026-11-01$/m,
    );
    const usage = await runCommand(world, ["usage"]);
    assert.match(usage.stdout, /RESPONSES +COST$/m);
    assert.match(usage.stdout, /^total .* 0\.0035 USD$/m);
    assert.match(usage.stdout, /^Costs by https:\/\/example\.com\/prices of 2026-11-01$/m);
  };
  await check();
  await using test = new TestApp({ config: { prices: path } });
  writeRunFile(world.data_dir, { pid: Deno.pid, url: test.serve(), started_ts: 1 });
  test.commit(...EVENTS);
  await check();
});

Deno.test("the doctor says what a price list holds, or why it cannot be used", async () => {
  await using world = new TestWorld();
  const config = loadConfig({}, world.env());
  const visit = { config, store: undefined, sources: undefined, server_url: undefined, now: 0 };
  assert.deepEqual(checkPrices(visit).findings, []);
  writePrices(config.prices);
  assert.deepEqual(checkPrices(visit).findings.map(({ severity, detail }) => [severity, detail]), [
    ["ok", "2 models in USD, by https://example.com/prices of 2026-11-01"],
  ]);
  Deno.writeTextFileSync(config.prices, `{"currency": 1}`);
  const [finding] = checkPrices(visit).findings;
  assert.equal(finding?.severity, "warning");
  assert.match(
    finding?.detail ?? "",
    /prices\.json: Cannot use the price list: "currency" must be/,
  );
  assert.match(finding?.remedy ?? "", /^Edit or remove .*prices\.json/);
});
