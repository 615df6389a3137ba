/** A CODEX_HOME, its source, and what a store would have kept: for tests of session files. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { newRolloutMemory, readRolloutLine } from "../../server/codex/rollout_line.ts";
import { Rollouts } from "../../server/sources/rollouts.ts";
import type { Batch, Cursor } from "../../server/sources/source.ts";
import type { NewEvent } from "../../server/wire.ts";
import { retryUntil } from "./retry.ts";

export const RECORDINGS = join(import.meta.dirname!, "../testdata/codex");

/** Every recorded session file, by its name. */
export function recordings(): Map<string, Uint8Array<ArrayBuffer>> {
  const names = [...Deno.readDirSync(RECORDINGS)].map(({ name }) => name)
    .filter((name) => /^(old-.*-)?rollout-.*\.jsonl$/.test(name)).sort();
  assert(names.length >= 17);
  return new Map(names.map((name) => [name, Deno.readFileSync(join(RECORDINGS, name))]));
}

/** A name like Codex's own; `n` makes it another thread's. */
export function rolloutName(n: number | string): string {
  return `rollout-2026-11-21T07-00-00-01a1fbca-0000-7000-8000-${String(n).padStart(12, "0")}.jsonl`;
}

const TS = "2026-11-21T07:00:00.000Z";

/** The first line of a session file. `filler` makes it as long as real ones. */
export function metaLine(thread_id: string, filler = ""): string {
  const payload = { id: thread_id, history_mode: "paginated", cwd: "/tmp", filler };
  return JSON.stringify({ timestamp: TS, ordinal: 0, type: "session_meta", payload }) + "\n";
}

/** A line that becomes a `turn_item` with the text `line <n>`. */
export function itemLine(n: number, filler = ""): string {
  const item = { type: "AgentMessage", content: [{ type: "Text", text: `line ${n}${filler}` }] };
  const payload = { type: "item_completed", turn_id: "t", item };
  return JSON.stringify({ timestamp: TS, ordinal: n + 1, type: "event_msg", payload }) + "\n";
}

export function itemLines(from: number, to: number, filler = ""): string {
  let text = "";
  for (let n = from; n < to; n++) text += itemLine(n, filler);
  return text;
}

/** What the parser alone makes of a whole file. */
export function parsedEvents(bytes: Uint8Array, path: string): unknown[] {
  const memory = newRolloutMemory();
  const events: unknown[] = [];
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (line !== "") {
      const event = readRolloutLine(memory, line, { rollout: path });
      if (event) events.push(event);
    }
  }
  return events;
}

export class RolloutWorld implements AsyncDisposable {
  readonly dir = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "codexdash-test-" }));
  readonly home = join(this.dir, "codex");
  readonly day = join(this.home, "sessions", "2026", "11", "21");
  readonly archive = join(this.home, "archived_sessions");
  readonly events: { payload: NewEvent["payload"]; payload_text: string; file_key: string }[] = [];
  /** Where known files were found again. */
  readonly moves: string[] = [];
  homes = [this.home];
  horizon_days = 30;
  can_read_zstd: boolean | undefined;
  source: Rollouts | undefined;
  /** What the next batches are answered with instead of being kept. */
  store_error: Error | undefined;
  onBatch: (batch: Batch) => void = () => {};
  readonly #cursors = new Map<string, Cursor>();
  readonly #places = new Set<string>();

  /** Starts a source from what was kept so far, as after a restart. */
  start(): Promise<void> {
    this.source = new Rollouts({
      homes: this.homes,
      horizon_days: this.horizon_days,
      cursors: structuredClone([...this.#cursors.values()]),
      ...(this.can_read_zstd === undefined ? {} : { can_read_zstd: this.can_read_zstd }),
    });
    return this.source.start((batch) => this.#keep(batch));
  }

  async stop(): Promise<void> {
    await this.source?.stop();
    this.source = undefined;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** The path of a file of today. */
  path(n: number | string): string {
    return join(this.day, rolloutName(n));
  }

  append(path: string, text: string | Uint8Array): void {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeFileSync(path, bytes, { append: true });
  }

  /** The text of every item in the order kept, a bad line's reason in its place. */
  get seen(): string[] {
    return this.events.flatMap(({ payload }) => {
      if (payload.type === "bad_line") return [payload.reason];
      return payload.type === "turn_item" ? [payload.text ?? ""] : [];
    });
  }

  get threads(): string[] {
    return this.events.flatMap(({ payload }) =>
      payload.type === "thread" ? [payload.thread_id] : []
    );
  }

  async until(what: string, probe: () => boolean): Promise<void> {
    try {
      await retryUntil(what, probe, 20_000);
    } catch (error) {
      throw new Error(`${error}; ${this.seen.slice(-5)}; ${JSON.stringify(this.source?.health())}`);
    }
  }

  async untilSeen(count: number): Promise<void> {
    await this.until(`item ${count}`, () => this.seen.length >= count);
  }

  async untilState(state: string): Promise<void> {
    await this.until(`state ${state}`, () => this.source?.health().state === state);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.dir, { recursive: true }).catch(() => {});
  }

  #keep(batch: Batch): void {
    if (this.store_error) throw this.store_error;
    assert(batch.kind === "lines" && batch.source === "rollouts");
    const { file_key, offset: end } = batch.cursor;
    for (const { payload, payload_text, offset } of batch.events) {
      if (payload.type === "thread_moved") {
        this.moves.push(payload.rollout);
        continue;
      }
      const place = `${file_key} ${offset}`;
      assert(!this.#places.has(place), `the line at ${place} came twice`);
      this.#places.add(place);
      assert(offset !== null && offset < end);
      assert.deepEqual(JSON.parse(payload_text), payload);
      this.events.push({ payload, payload_text, file_key });
    }
    this.#cursors.set(file_key, batch.cursor);
    this.onBatch(batch);
  }
}
