/**
 * What exact tokens cost by the user's own price list. Costs are worked out when they are read and
 * stored nowhere. Without the file there are none: those who pay a subscription pay no tokens.
 */
import { readFileSync, statSync } from "node:fs";
import { CodexdashError, errorText } from "../error.ts";
import { log } from "../log.ts";
import type { Cost, ModelUsage } from "../wire.ts";

/** What a million tokens of a model cost. */
export interface Price {
  /** Of input that was not cached. */
  input: number;
  cached_input: number;
  /** Reasoning is output. */
  output: number;
}

export interface PriceList {
  currency: string;
  source: string;
  date: string;
  models: ReadonlyMap<string, Price>;
}

/** What the file says at this moment, or why it cannot be used; neither when there is no file. */
export interface PriceReading {
  list?: PriceList;
  problem?: string;
}

/** Far more than every model there is; a longer file is not a price list. */
const MOST_BYTES = 1_000_000;

/** The price list at a path: read again when the file has changed, whenever it is asked for. */
export class Prices {
  readonly #path: string;
  #version = "";
  #reading: PriceReading = {};

  constructor(path: string) {
    this.#path = path;
  }

  /** Never throws: a file that cannot be used is a problem, logged once for each version of it. */
  read(): PriceReading {
    const version = this.#versionNow();
    if (version === this.#version) return this.#reading;
    this.#version = version;
    this.#reading = version === "" ? {} : this.#readFile();
    const { problem } = this.#reading;
    if (problem) log.warn("prices were not read", { path: this.#path, cause: problem });
    return this.#reading;
  }

  /**
   * What tells the cost of tokens: null where there are none, or where one of their models has no
   * price. Undefined while there is no price list, so that nobody sums what is not asked for.
   */
  pricer(): ((usage: readonly ModelUsage[]) => Cost | null) | undefined {
    const { list } = this.read();
    return list && ((usage) => costOf(list, usage));
  }

  #versionNow(): string {
    try {
      const { mtimeMs, size, ino } = statSync(this.#path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch (error) {
      return isMissing(error) ? "" : errorText(error);
    }
  }

  #readFile(): PriceReading {
    try {
      if (!statSync(this.#path).isFile()) throw invalid("it is not a file");
      if (statSync(this.#path).size > MOST_BYTES) throw invalid("it is longer than a megabyte");
      return { list: parsePrices(readFileSync(this.#path, "utf8")) };
    } catch (error) {
      return { problem: errorText(error) };
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** Throws `CodexdashError` "invalid" that names what is wrong. */
export function parsePrices(text: string): PriceList {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`it is not JSON: ${errorText(error)}`);
  }
  const { currency, source, date, models } = objectOf(value, "it");
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency)) {
    throw invalid('"currency" must be three letters like "USD"');
  }
  if (typeof source !== "string" || source.trim() === "" || source.length > 500) {
    throw invalid('"source" must say where the prices are from');
  }
  if (typeof date !== "string" || !isDay(date)) {
    throw invalid('"date" must be the day of the prices like "2026-11-21"');
  }
  const entries = Object.entries(objectOf(models, '"models"')).map(([model, price]) =>
    [model, parsePrice(model, price)] as const
  );
  return { currency, source: source.trim(), date, models: new Map(entries) };
}

function parsePrice(model: string, value: unknown): Price {
  const { input, cached_input, output } = objectOf(value, `the price of "${model}"`);
  const amount = (name: string, amount: unknown) => {
    if (typeof amount === "number" && Number.isFinite(amount) && amount >= 0) return amount;
    throw invalid(`"${name}" of "${model}" must be a price per million tokens, such as 1.25`);
  };
  return {
    input: amount("input", input),
    cached_input: amount("cached_input", cached_input),
    output: amount("output", output),
  };
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw invalid(`${what} must be an object`);
}

function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(ms || 0).toISOString().startsWith(text);
}

function invalid(reason: string): CodexdashError {
  return new CodexdashError("invalid", `Cannot use the price list: ${reason}`);
}

/** Millionths of the currency are all that is kept of an amount. */
const PARTS = 1_000_000;

function costOf(list: PriceList, usage: readonly ModelUsage[]): Cost | null {
  if (usage.length === 0) return null;
  let amount = 0;
  for (const { model, input_tokens, cached_input_tokens, output_tokens } of usage) {
    const price = model === null ? undefined : list.models.get(model);
    if (!price) return null;
    amount += (input_tokens - cached_input_tokens) * price.input +
      cached_input_tokens * price.cached_input + output_tokens * price.output;
  }
  const { currency, source, date } = list;
  return { amount: Math.round(amount / 1_000_000 * PARTS) / PARTS, currency, source, date };
}
