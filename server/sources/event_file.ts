/**
 * The event file that every wrapper appends to, as a source: woken by every change, read to the end,
 * and honest about how that goes. Which file is the event file is `PathFollower`'s business.
 */
import { dirname } from "node:path";
import { log } from "../log.ts";
import type { SourceHealth } from "../wire.ts";
import { ChangeWatch } from "./change_watch.ts";
import { type FileBatch, parseCursor } from "./followed_file.ts";
import { PathFollower } from "./path_follower.ts";
import { statFile } from "./rotation.ts";
import type { Batch, Cursor, Source } from "./source.ts";

/**
 * How soon a file that is not there, or cannot be read, is looked for again. After a rotation the
 * first new line makes the file, and this is what it waits.
 */
const RETRY_MS = 250;

/**
 * How soon a file that is there is looked at without a call. A folder that is moved away and a
 * symbolic link that is set elsewhere wake nobody, and must not end the source.
 */
const RECHECK_MS = 2_000;

/** Unread bytes beyond which it is not live: more than one batch. A flow of events has less. */
const BEHIND_BYTES = 1 << 20;

export interface EventFileOptions {
  path: string;
  /** A longer line is a bad line. */
  max_line_bytes: number;
  /** Every cursor of this source that was ever committed, in any order. */
  cursors: readonly Cursor[];
}

/** The batch could not be stored: no fault of the file's. */
class StoreError extends Error {}

export class EventFile implements Source {
  readonly name = "event_file";
  readonly #path: string;
  readonly #follower: PathFollower;
  readonly #watch = new ChangeWatch(() => this.#wake());
  readonly #stopping = new AbortController();
  #emit: (batch: Batch) => void = () => {};
  #state: SourceHealth["state"] = "starting";
  #detail: string | null = null;
  #awake = false;
  #running: Promise<void> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor({ path, max_line_bytes, cursors }: EventFileOptions) {
    this.#path = path;
    this.#follower = new PathFollower({
      path,
      max_line_bytes,
      known: cursors.map(parseCursor).filter((known) => known !== undefined),
      store: (batch) => this.#store(batch),
      signal: this.#stopping.signal,
    });
  }

  /**
   * Makes the folder (0700) and the file (0600) where they are missing: a file can be watched, its
   * absence only be asked about. Resolves after the first pass also when the file cannot be read:
   * `health` says why, and it is tried again.
   */
  async start(emit: (batch: Batch) => void): Promise<void> {
    this.#emit = emit;
    this.#state = "catching_up";
    try {
      Deno.mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      if (!statFile(this.#path)) {
        Deno.writeTextFileSync(this.#path, "", { append: true, mode: 0o600 });
      }
    } catch {
      // The first pass meets the same obstacle and says so.
    }
    this.#wake();
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#retry);
    await this.#running;
    await this.#watch.close();
    this.#follower.close();
    this.#say("stopped", null);
  }

  health(): SourceHealth {
    const { lag_bytes, bad_lines, last_ts } = this.#follower;
    const behind = this.#state === "live" && (lag_bytes ?? 0) > BEHIND_BYTES;
    return {
      source: this.name,
      state: behind ? "catching_up" : this.#state,
      detail: this.#detail,
      lag_bytes,
      bad_lines,
      last_ts,
    };
  }

  #wake(): void {
    this.#awake = true;
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#run().finally(() => this.#running = undefined);
  }

  async #run(): Promise<void> {
    while (this.#awake && !this.#stopping.signal.aborted) {
      this.#awake = false;
      clearTimeout(this.#retry);
      try {
        await this.#pass();
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#say("failed", this.#problem(error), error);
      }
      const delay = this.#state === "live" ? RECHECK_MS : RETRY_MS;
      this.#retry = setTimeout(() => this.#wake(), delay);
    }
  }

  async #pass(): Promise<void> {
    let found: boolean;
    let blind: string | undefined;
    do {
      found = await this.#follower.pass();
      try {
        if (!await this.#watch.watch(this.#follower.paths)) break;
      } catch (error) {
        blind = `Cannot watch "${this.#path}": ${messageOf(error)}`;
      }
    } while (!blind);
    if (blind) this.#say("failed", blind);
    else if (found) this.#say("live", null);
    else this.#say("waiting", this.#absence());
  }

  #absence(): string {
    const folder = dirname(this.#path);
    return statFile(folder)
      ? `Waits for "${this.#path}": the next codexdash send makes it`
      : `Waits for the folder "${folder}": make it with mkdir -p`;
  }

  #store({ events, after }: FileBatch): void {
    const { file_key, offset, memory } = after;
    const cursor: Cursor = { file_key, offset, state: JSON.stringify(memory) };
    try {
      this.#emit({ kind: "lines", source: this.name, events, cursor });
    } catch (cause) {
      throw new StoreError(messageOf(cause), { cause });
    }
  }

  #problem(error: unknown): string {
    if (error instanceof StoreError) {
      return `Cannot store events: ${error.message}; they wait in "${this.#path}"`;
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return `Cannot read "${this.#path}": permission denied; allow it with chmod u+r`;
    }
    return `Cannot read "${this.#path}": ${messageOf(error)}`;
  }

  #say(state: SourceHealth["state"], detail: string | null, error?: unknown): void {
    const news = detail !== null && detail !== this.#detail;
    this.#state = state;
    this.#detail = detail;
    if (news && state === "failed") log.error("event file source failed", { detail, error });
    else if (news) log.info("event file source waited", { detail });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
