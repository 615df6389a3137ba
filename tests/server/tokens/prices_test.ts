import assert from "node:assert/strict";
import { join } from "node:path";
import { setLogLevel } from "../../../server/log.ts";
import { parsePrices, Prices } from "../../../server/tokens/prices.ts";
import { PRICES } from "../../support/prices.ts";

setLogLevel("silent");

const text = (changes: Record<string, unknown>) => JSON.stringify({ ...PRICES, ...changes });

const usage = (model: string | null, input: number, cached: number, output: number) => ({
  model,
  input_tokens: input,
  cached_input_tokens: cached,
  output_tokens: output,
});

class PriceFile implements Disposable {
  readonly #dir = Deno.makeTempDirSync({ prefix: "codexdash-prices-" });
  readonly path = join(this.#dir, "prices.json");

  [Symbol.dispose](): void {
    Deno.removeSync(this.#dir, { recursive: true });
  }
}

Deno.test("cached input has its own price, and every model its own", () => {
  using file = new PriceFile();
  Deno.writeTextFileSync(file.path, text({}));
  const costOf = new Prices(file.path).pricer()!;
  const { currency, source, date } = PRICES;
  // (1,000,000 − 400,000) × 2 + 400,000 × 0.5 + 100,000 × 10, all by the million.
  assert.deepEqual(costOf([usage("gpt-6.1-sol", 1_000_000, 400_000, 100_000)]), {
    amount: 2.4,
    currency,
    source,
    date,
  });
  const both = [usage("gpt-6.1-sol", 1_000_000, 0, 0), usage("gpt-6-luna", 1_000_000, 0, 0)];
  assert.equal(costOf(both)?.amount, 2.5);
  assert.equal(costOf([usage("gpt-6.1-sol", 1, 0, 0)])?.amount, 0.000002);
});

Deno.test("what has no price is not guessed: the whole cost is not known", () => {
  using file = new PriceFile();
  Deno.writeTextFileSync(file.path, text({}));
  const costOf = new Prices(file.path).pricer()!;
  assert.equal(costOf([]), null);
  assert.equal(costOf([usage(null, 1, 0, 0)]), null);
  assert.equal(costOf([usage("constructor", 1, 0, 0)]), null);
  assert.equal(costOf([usage("gpt-6.1-sol", 1, 0, 0), usage("gpt-7", 1, 0, 0)]), null);
});

Deno.test("the file is read again when it has changed; without it there are no prices", () => {
  using file = new PriceFile();
  const prices = new Prices(file.path);
  assert.equal(prices.pricer(), undefined);
  assert.deepEqual(prices.read(), {});

  Deno.writeTextFileSync(file.path, text({}));
  assert.equal(prices.pricer()?.([usage("gpt-6-luna", 1_000_000, 0, 0)])?.amount, 0.5);

  Deno.writeTextFileSync(file.path, text({ models: { "gpt-6-luna": price(0.75) } }));
  assert.equal(prices.pricer()?.([usage("gpt-6-luna", 1_000_000, 0, 0)])?.amount, 0.75);

  Deno.writeTextFileSync(file.path, "{");
  assert.equal(prices.pricer(), undefined);
  assert.match(prices.read().problem ?? "", /not JSON/);

  Deno.removeSync(file.path);
  assert.deepEqual(prices.read(), {});
});

Deno.test("a folder in its place is a problem, not a crash", () => {
  using file = new PriceFile();
  Deno.mkdirSync(file.path);
  assert.match(new Prices(file.path).read().problem ?? "", /not a file/);
});

const price = (input: unknown) => ({ input, cached_input: 0.1, output: 4 });

for (
  const [wrong, reason] of [
    ["", /it is not JSON/],
    ["[]", /it must be an object/],
    [text({ currency: "dollars" }), /"currency" must be three letters/],
    [text({ source: " " }), /"source" must say/],
    [text({ date: "21.11.2026" }), /"date" must be the day/],
    [text({ date: "2026-13-01" }), /"date" must be the day/],
    [text({ date: "2026-02-31" }), /"date" must be the day/],
    [text({ models: null }), /"models" must be an object/],
    [text({ models: { "gpt-7": 3 } }), /the price of "gpt-7" must be an object/],
    [text({ models: { "gpt-7": price("1.25") } }), /"input" of "gpt-7" must be a price/],
    [text({ models: { "gpt-7": price(-1) } }), /"input" of "gpt-7" must be a price/],
    [text({ models: { "gpt-7": { input: 1, output: 4 } } }), /"cached_input" of "gpt-7"/],
  ] as const
) {
  Deno.test(`a price list that cannot be used says why: ${wrong.slice(0, 60)}`, () => {
    assert.throws(() => parsePrices(wrong), { name: "CodexdashError", message: reason });
  });
}
