/**
 * Codex's own session files as a source: finds them in every CODEX_HOME, reads what is unread, newest
 * first, and follows them. One watch for each home wakes it; lines that are written meanwhile come
 * before the rest of a catch-up. What each file is, is `RolloutEntries`' business.
 */
import { join } from "node:path";
import { listSessionFiles, SESSION_FOLDERS, sessionName } from "../codex/session_files.ts";
import { errorText } from "../error.ts";
import { log } from "../log.ts";
import type { SourceHealth } from "../wire.ts";
import { Breath } from "./breath.ts";
import { ChangeWatch } from "./change_watch.ts";
import { KnownRollouts } from "./rollout_known.ts";
import { type Entry, RolloutEntries, slim, type SlimFile } from "./rollout_entries.ts";
import { readCompressedRollout, readRollout, type RolloutStep } from "./rollout_read.ts";
import { statFile } from "./rotation.ts";
import type { Batch, Cursor, Source } from "./source.ts";

/**
 * How soon everything is looked through once more after a change. A watch drops events when the
 * program is busy, and hears nothing of a folder in the moment after it was made.
 */
const LOOK_AGAIN_MS = 2_000;

/** How soon a home that is not there, or what failed, is tried again. */
const RETRY_MS = 1_000;

/** Files that are looked at with every wake: the ones whose own wake the watch may have dropped. */
const MAX_RECENT = 32;

/** Unread bytes beyond which it is not live: more than one step. */
const BEHIND_BYTES = 1 << 20;

export interface RolloutsOptions {
  /** Every CODEX_HOME. */
  homes: readonly string[];
  /** Files untouched for longer are not opened, unless they were read before. */
  horizon_days: number;
  /** Every cursor of this source that was ever committed, the newest last. */
  cursors: readonly Cursor[];
  /** Whether the runtime reads `.jsonl.zst`; found out by default. */
  can_read_zstd?: boolean;
}

/** The batch could not be stored: no fault of the file's. */
class StoreError extends Error {}

export class Rollouts implements Source {
  readonly name = "rollouts";
  readonly #known: KnownRollouts;
  readonly #entries: RolloutEntries;
  readonly #watches: Map<string, ChangeWatch>;
  readonly #stopping = new AbortController();
  readonly #breath = new Breath();
  /** Paths to look at before anything else. */
  #changed = new Set<string>();
  /** Paths that changed last, the latest last. */
  readonly #recent = new Set<string>();
  /** Entries with something to read, the newest last. */
  #backlog: Entry[] = [];
  #look_due = true;
  /** What went wrong in the last look. */
  #problems: string[] = [];
  /** Folders that Codex will make. */
  #missing: string[] = [];
  #emit: (batch: Batch) => void = () => {};
  #state: SourceHealth["state"] = "starting";
  #detail: string | null = null;
  #running: Promise<void> | undefined;
  #look_timer: ReturnType<typeof setTimeout> | undefined;
  #retry_timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: RolloutsOptions) {
    this.#known = new KnownRollouts(options.cursors);
    this.#entries = new RolloutEntries(this.#known, options);
    this.#watches = new Map(options.homes.map((home) => [
      home,
      new ChangeWatch((paths) => this.#wake(paths), { recursive: true }),
    ]));
  }

  /** Resolves after the first pass also when a home is missing or unreadable: `health` says so. */
  async start(emit: (batch: Batch) => void): Promise<void> {
    this.#emit = emit;
    this.#state = "catching_up";
    this.#run();
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all([...this.#watches.values()].map((watch) => watch.close()));
    clearTimeout(this.#look_timer);
    clearTimeout(this.#retry_timer);
    this.#say("stopped", null);
  }

  health(): SourceHealth {
    const { lag_bytes, summary } = this.#entries;
    const behind = this.#state === "live" && (lag_bytes ?? 0) > BEHIND_BYTES;
    return {
      source: this.name,
      state: behind ? "catching_up" : this.#state,
      detail: this.#detail ?? summary,
      lag_bytes,
      bad_lines: this.#known.bad_lines,
      last_ts: this.#known.last_ts,
    };
  }

  #wake(paths: readonly string[]): void {
    for (const path of paths) {
      const name = sessionName(path);
      if (name && !name.compressed) this.#changed.add(path);
      else this.#look_due = true;
    }
    if (paths.length === 0) this.#look_due = true;
    for (const path of this.#recent) this.#changed.add(path);
    this.#look_timer ??= setTimeout(() => this.#lookNow(), LOOK_AGAIN_MS);
    this.#run();
  }

  #lookNow(): void {
    this.#look_timer = undefined;
    this.#look_due = true;
    this.#run();
  }

  #run(): void {
    if (this.#stopping.signal.aborted) return;
    this.#running ??= this.#work().finally(() => this.#running = undefined);
  }

  /** Until everything is read: what changed, then the newest of the rest, a step at a time. */
  async #work(): Promise<void> {
    clearTimeout(this.#retry_timer);
    try {
      while (this.#look_due || this.#changed.size > 0 || this.#backlog.length > 0) {
        if (this.#look_due) await this.#look();
        await this.#serveChanged();
        await this.#readNext();
      }
      this.#settle();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#say("failed", this.#problem(error), error);
    }
    if (this.#state !== "failed" && this.#missing.length === 0) return;
    this.#retry_timer = setTimeout(() => this.#retry(), RETRY_MS);
  }

  #retry(): void {
    this.#look_due ||= this.#state === "failed" || this.#missing.some(exists);
    this.#run();
  }

  /** Finds every file there is. */
  async #look(): Promise<void> {
    this.#look_due = false;
    const problems: string[] = this.#problems = [];
    const note = (path: string, error: unknown) => problems.push(cannotRead(path, error));
    const before = this.#entries.paths();
    const found: SlimFile[] = [];
    this.#missing = [];
    for (const [home, watch] of this.#watches) {
      const folders = this.#foldersOf(home, note);
      try {
        await watch.watch(folders);
      } catch (error) {
        problems.push(
          `Cannot watch "${home}": ${errorText(error)}; raise fs.inotify.max_user_watches`,
        );
      }
      for (const folder of folders) {
        for (const file of listSessionFiles(folder, note)) {
          found.push(slim(file));
          await this.#serveChanged();
        }
      }
    }
    this.#entries.replace(before, found);
    this.#backlog = this.#entries.pending();
  }

  /** Says how it is, once there is nothing left to do. */
  #settle(): void {
    const [problem] = this.#problems;
    if (problem !== undefined) this.#say("failed", problem);
    else if (this.#missing.length === this.#watches.size) this.#say("waiting", this.#absence());
    else this.#say("live", null);
  }

  /** The folders that are there, links resolved: the watch and /proc name files so. */
  #foldersOf(home: string, onProblem: (path: string, error: unknown) => void): string[] {
    return SESSION_FOLDERS.flatMap((name) => {
      const folder = join(home, name);
      try {
        return [Deno.realPathSync(folder)];
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) onProblem(folder, error);
        else if (name === "sessions") this.#missing.push(folder);
        return [];
      }
    });
  }

  #absence(): string {
    return `Waits for "${this.#missing.join('", "')}": Codex makes it with its first session`;
  }

  /** Lets others go on, then reads a step of each file that changed. */
  async #serveChanged(): Promise<void> {
    await this.#breathe();
    if (this.#changed.size === 0) return;
    const changed = this.#changed;
    this.#changed = new Set();
    for (const path of changed) {
      const had = this.#entries.has(path);
      const entry = this.#entries.refresh(path);
      // A file that is gone may have been moved to a folder that is not watched yet.
      if (had && !entry) this.#look_due = true;
      if (!entry?.pending) continue;
      this.#keepRecent(path);
      this.#readStep(entry);
      if (entry.pending) this.#backlog.push(entry);
      await this.#breathe();
    }
  }

  #keepRecent(path: string): void {
    this.#recent.delete(path);
    this.#recent.add(path);
    for (const oldest of this.#recent) {
      if (this.#recent.size <= MAX_RECENT) break;
      this.#recent.delete(oldest);
    }
  }

  async #readNext(): Promise<void> {
    const entry = this.#backlog.pop();
    if (!entry?.pending) return;
    if (entry.compressed) await this.#readCompressed(entry);
    else this.#readStep(entry);
    if (entry.pending) this.#backlog.push(entry);
  }

  #readStep(entry: Entry): void {
    let step: RolloutStep;
    try {
      step = readRollout(entry.file, { known: this.#known, followed: entry.followed });
    } catch (error) {
      return this.#entries.giveUp(entry, error);
    }
    this.#take(entry, step);
  }

  async #readCompressed(entry: Entry): Promise<void> {
    try {
      for await (const step of readCompressedRollout(entry.file, this.#known)) {
        this.#take(entry, step);
        await this.#serveChanged();
      }
    } catch (error) {
      if (error instanceof StoreError || this.#stopping.signal.aborted) throw error;
      this.#entries.giveUp(entry, error);
    }
  }

  #take(entry: Entry, step: RolloutStep): void {
    const { events, after, place } = step;
    if (after !== this.#known.get(after.file_key) && after.offset > 0) {
      const { file_key, offset, state } = after;
      const cursor: Cursor = { file_key, offset, state: JSON.stringify(state) };
      try {
        this.#emit({ kind: "lines", source: this.name, events, cursor });
      } catch (cause) {
        throw new StoreError(errorText(cause), { cause });
      }
      this.#known.put(after);
    }
    entry.followed = { file_key: after.file_key, place };
    entry.file = { ...entry.file, size: step.size };
    entry.pending = step.more;
  }

  async #breathe(): Promise<void> {
    await this.#breath.take();
    this.#stopping.signal.throwIfAborted();
  }

  #problem(error: unknown): string {
    return error instanceof StoreError
      ? `Cannot store events: ${error.message}; they wait in Codex's session files`
      : `Cannot read session files: ${errorText(error)}`;
  }

  #say(state: SourceHealth["state"], detail: string | null, error?: unknown): void {
    const news = detail !== null && detail !== this.#detail;
    this.#state = state;
    this.#detail = detail;
    if (news && state === "failed") log.error("rollouts source failed", { detail, error });
    else if (news) log.info("rollouts source waited", { detail });
  }
}

function exists(path: string): boolean {
  try {
    return statFile(path) !== undefined;
  } catch {
    return false;
  }
}

function cannotRead(path: string, error: unknown): string {
  return error instanceof Deno.errors.PermissionDenied
    ? `Cannot read "${path}": permission denied; allow it with chmod u+rx`
    : `Cannot read "${path}": ${errorText(error)}`;
}
