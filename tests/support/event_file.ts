/** An event file, its source, and what a store would have kept: for tests of the event file. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { EventFile } from "../../server/sources/event_file.ts";
import type { Batch, Cursor } from "../../server/sources/source.ts";
import type { NewEvent } from "../../server/wire.ts";
import { retryUntil } from "./retry.ts";

/** The line that the tests count by. `ts` rises with `n`, as wrappers' clocks do. */
export function line(n: number, filler = ""): string {
  const ts = 1_700_000_000_000 + n;
  return JSON.stringify({ ts, type: "controller_output", text: `line ${n}`, n, filler }) + "\n";
}

/** Lines `from` up to but not `to`. */
export function lines(from: number, to: number, filler = ""): string {
  return numbers(from, to).map((n) => line(n, filler)).join("");
}

export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

export class EventFileWorld implements AsyncDisposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "codexdash-test-" });
  readonly folder = join(this.dir, "data");
  readonly path = join(this.folder, "events.ndjson");
  readonly events: NewEvent[] = [];
  /** The length of every batch. */
  readonly batches: number[] = [];
  readonly #cursors = new Map<string, Cursor>();
  readonly #places = new Set<string>();
  #doubled: string | undefined;
  max_line_bytes = 200_000;
  /** How long keeping a batch takes, at the least. */
  commit_ms = 0;
  source: EventFile | undefined;
  /** What the next batches are answered with instead of being kept. */
  store_error: Error | undefined;

  /** Starts a source from what was kept so far, as after a restart. */
  async start(): Promise<void> {
    this.source = new EventFile({
      path: this.path,
      max_line_bytes: this.max_line_bytes,
      cursors: structuredClone([...this.#cursors.values()]),
    });
    await this.source.start((batch) => this.#keep(batch));
  }

  async stop(): Promise<void> {
    await this.source?.stop();
    this.source = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  append(text: string | Uint8Array, path = this.path): void {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    Deno.writeFileSync(path, bytes, { append: true });
  }

  /** The `n` of every event in the order kept; a bad line's reason in its place. */
  get seen(): unknown[] {
    assert.equal(this.#doubled, undefined, "a line came twice");
    return this.events.map(({ payload }) => {
      if (payload.type === "bad_line") return payload.reason;
      return (payload as unknown as { n: unknown }).n;
    });
  }

  /** Waits until this many events were kept. */
  async until(count: number): Promise<void> {
    await retryUntil(
      `event ${count} (${this.events.length} now, ${JSON.stringify(this.source?.health())})`,
      () => this.events.length >= count,
      20_000,
    );
  }

  async untilState(state: string): Promise<void> {
    await retryUntil(`state ${state}`, () => this.source?.health().state === state, 20_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.dir, { recursive: true }).catch(() => {});
  }

  #keep(batch: Batch): void {
    if (this.store_error) throw this.store_error;
    const until = performance.now() + this.commit_ms;
    while (performance.now() < until);
    assert(batch.kind === "lines");
    const { file_key, offset: end } = batch.cursor;
    for (const { offset } of batch.events) {
      const place = `${file_key} ${offset}`;
      if (this.#places.has(place)) this.#doubled ??= place;
      this.#places.add(place);
      assert(offset !== null && offset < end);
    }
    this.events.push(...batch.events);
    this.batches.push(batch.events.length);
    this.#cursors.set(file_key, batch.cursor);
  }
}
