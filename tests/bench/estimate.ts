/**
 * What it costs to estimate the tokens of a pane that printed a megabyte: processor time with a worker
 * that is started anew, and for how long the server's own thread is held up, from reading the output to storing the event.
 */
import { cpuUsage } from "node:process";
import { TokenEstimates } from "../../server/sources/token_estimates.ts";
import { listOutputText, nextEstimate } from "../../server/store/estimates.ts";
import { type Estimate, type EstimateRequest, Estimator } from "../../server/tokens/estimate.ts";
import type { EventPayload } from "../../server/wire.ts";
import { jobEvents } from "../support/app.ts";
import { retryUntil } from "../support/retry.ts";
import { TestStore } from "../support/store.ts";
import { type Figure, repeat, type Row } from "./figure.ts";

const ROWS = 10_000;

/** The worst that terminals show, and what they mostly show. */
const SCREENS: Record<string, (row: number) => string> = {
  "─": () => "─".repeat(100),
  letters: () => Array.from({ length: 100 }, () => letter(97, 26)).join(""),
  kanji: () => Array.from({ length: 100 }, () => letter(0x4e00, 2_000)).join(""),
  prose: (row) =>
    `${row}: the quick brown fox jumps over the lazy dog and ${row} others.`.padEnd(99),
};

function letter(first: number, count: number): string {
  return String.fromCharCode(first + Math.floor(Math.random() * count));
}

export const estimate: Figure = {
  name: "estimate",
  measure: async ({ small }) => {
    const rows: Row[] = [];
    for (const [name, line] of Object.entries(SCREENS)) {
      const what = `1 MB of ${name}`;
      rows.push(
        ...await repeat(
          small ? 1 : 5,
          [
            { name: `estimate of ${what}`, unit: "ms", better: "less", target: 2_000 },
            { name: "server's thread held up by it", unit: "ms", better: "less", target: 20 },
          ],
          () => measureOnce(Array.from({ length: small ? 100 : ROWS }, (_, row) => line(row))),
        ),
      );
    }
    return rows;
  },
};

/** An estimator that says how much processor time this process took meanwhile, with all its threads. */
class TimedEstimator extends Estimator {
  cpu_ms = 0;

  override async estimate(request: EstimateRequest): Promise<Estimate> {
    const before = cpuUsage();
    const estimate = await super.estimate(request);
    const { user, system } = cpuUsage(before);
    this.cpu_ms = (user + system) / 1_000;
    return estimate;
  }
}

async function measureOnce(lines: string[]): Promise<number[]> {
  using test = new TestStore();
  const events = jobEvents("j1");
  const output: EventPayload[] = [];
  for (let at = 0; at < lines.length; at += 20) {
    const text = lines.slice(at, at + 20).join("\n");
    output.push({ type: "pane_output", ts: 1_004, agent: "fast", job_id: "j1", text });
  }
  test.commit(...events.slice(0, 4), ...output, ...events.slice(5));
  const estimator = new TimedEstimator({ late_ms: 300_000 });
  let method: string | undefined;
  const source = new TokenEstimates({
    next: (now) => nextEstimate(test.store, { now, from_ts: 0 }),
    listOutput: (options) => listOutputText(test.store, options),
    isReady: () => true,
    estimator,
  });
  const held_up = new HeldUp();
  await source.start((batch) => {
    if (batch.kind !== "events") throw new Error("estimates have no lines");
    for (const event of batch.events) if (event.type === "token_estimate") method = event.method;
    test.commit(...batch.events);
  });
  await retryUntil("an estimate", () => method, 300_000);
  const longest_ms = held_up.stop();
  await source.stop();
  if (method !== "tiktoken") throw new Error(`The estimate was made by ${method}`);
  return [estimator.cpu_ms, longest_ms];
}

/** The longest that a timer had to wait for this thread. */
class HeldUp {
  #longest_ms = 0;
  #last = performance.now();
  readonly #timer = setInterval(() => this.#tick(), 1);

  #tick(): void {
    const now = performance.now();
    this.#longest_ms = Math.max(this.#longest_ms, now - this.#last - 1);
    this.#last = now;
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#longest_ms;
  }
}
