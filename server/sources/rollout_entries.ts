/**
 * The session files that are there: which are followed, which are left out and why, and which have
 * something to read. Looks at names and times only.
 */
import {
  CAN_READ_ZSTD,
  findSessionFile,
  type SessionFile,
  withoutDoubles,
} from "../codex/session_files.ts";
import { errorText } from "../error.ts";
import { log } from "../log.ts";
import { fileId } from "./file_identity.ts";
import { placeAt, type TailPlace } from "./line_tail.ts";
import type { KnownRollout, KnownRollouts } from "./rollout_known.ts";
import type { RolloutFile } from "./rollout_read.ts";

const DAY_MS = 86_400_000;

export interface Entry {
  file: RolloutFile;
  compressed: boolean;
  status: "followed" | "skipped" | "unreadable";
  /** Whether there is, or may be, something to read. */
  pending: boolean;
  /** What of it was read; undefined while that is not known. */
  followed: { file_key: string; place: TailPlace } | undefined;
  /** Why it could not be read the last time. */
  problem: string | undefined;
}

export type SlimFile = RolloutFile & { compressed: boolean };

/** What is kept of a file: thousands of `Deno.FileInfo` would cost megabytes. */
export function slim({ path, stem, compressed, info }: SessionFile): SlimFile {
  const mtime = info.mtime?.getTime() ?? 0;
  return { path, stem, compressed, id: fileId(info), size: info.size, mtime };
}

export interface EntriesOptions {
  horizon_days: number;
  can_read_zstd?: boolean;
}

export class RolloutEntries {
  readonly #known: KnownRollouts;
  readonly #horizon_days: number;
  readonly #can_read_zstd: boolean;
  readonly #all = new Map<string, Entry>();

  constructor(known: KnownRollouts, options: EntriesOptions) {
    this.#known = known;
    this.#horizon_days = options.horizon_days;
    this.#can_read_zstd = options.can_read_zstd ?? CAN_READ_ZSTD;
  }

  has(path: string): boolean {
    return this.#all.has(path);
  }

  paths(): string[] {
    return [...this.#all.keys()];
  }

  /** Entries with something to read, the newest last. */
  pending(): Entry[] {
    return [...this.#all.values()].filter(({ pending }) => pending)
      .sort((a, b) => a.file.mtime - b.file.mtime);
  }

  /** Bytes that are known to be unread; null while there are no files. */
  get lag_bytes(): number | null {
    if (this.#all.size === 0) return null;
    let sum = 0;
    for (const { file, compressed, status, pending, followed } of this.#all.values()) {
      if (status !== "followed") continue;
      if (compressed) sum += pending ? file.size : 0;
      else sum += Math.max(0, file.size - (followed?.place.offset ?? 0));
    }
    return sum;
  }

  /** How many files are followed or not, in words; null while there are none. */
  get summary(): string | null {
    if (this.#all.size === 0) return null;
    const count = { followed: 0, skipped: 0, unreadable: 0 };
    for (const { status } of this.#all.values()) count[status]++;
    return [
      `${count.followed} session files followed`,
      count.skipped > 0 && `${count.skipped} older than ${this.#horizon_days} days skipped`,
      count.unreadable > 0 && `${count.unreadable} cannot be read`,
    ].filter(Boolean).join(", ");
  }

  /** Takes over what a look found; of the files that were there `before` it, others are gone. */
  replace(before: readonly string[], found: readonly SlimFile[]): void {
    const files = withoutDoubles(found);
    for (const file of files) this.#note(file);
    const there = new Set(files.map(({ path }) => path));
    for (const path of before) if (!there.has(path)) this.#all.delete(path);
  }

  /** Looks at one file now; undefined when it is gone. */
  refresh(path: string): Entry | undefined {
    const found = findSessionFile(path);
    if (found) return this.#note(slim(found));
    this.#all.delete(path);
    return undefined;
  }

  /**
   * A file that could not be read: a plain one is tried again with the next look, since a change of
   * its permissions changes nothing else; a compressed one when it is another.
   */
  giveUp(entry: Entry, error: unknown): void {
    const { path } = entry.file;
    const problem = errorText(error);
    entry.pending = false;
    if (error instanceof Deno.errors.NotFound) {
      this.#all.delete(path);
      return;
    }
    entry.status = "unreadable";
    if (entry.problem !== problem) log.warn("session file could not be read", { path, error });
    entry.problem = problem;
  }

  #note({ compressed, ...file }: SlimFile): Entry {
    const last = this.#all.get(file.path);
    const retried = last?.status === "unreadable" && !compressed;
    if (last && !retried && isSame(last.file, file)) return last;
    const candidates = this.#known.candidates(file);
    const read = candidates.find((known) => isReadOf(known, { ...file, compressed }));
    const status = this.#statusOf({ ...file, compressed }, candidates);
    const entry: Entry = {
      file,
      compressed,
      status,
      pending: status === "followed" && !read,
      followed: read ? { file_key: read.file_key, place: placeAt(read.offset) } : last?.followed,
      problem: last?.problem,
    };
    if (!last) this.#all.set(file.path, entry);
    return last ? Object.assign(last, entry) : entry;
  }

  #statusOf(file: SlimFile, candidates: readonly KnownRollout[]): Entry["status"] {
    const was_read = candidates.some(({ offset }) => offset > 0);
    const too_old = file.mtime < Date.now() - this.#horizon_days * DAY_MS;
    if (too_old && !was_read) return "skipped";
    return file.compressed && !this.#can_read_zstd ? "unreadable" : "followed";
  }
}

function isSame(a: RolloutFile, b: RolloutFile): boolean {
  return a.id === b.id && a.size === b.size && a.mtime === b.mtime;
}

/** Whether the file is as and where it was when all of it was read. */
function isReadOf({ offset, state }: KnownRollout, file: SlimFile): boolean {
  const moved = state.path !== undefined && state.path !== file.path;
  return !moved && state.id === file.id && state.read_mtime === file.mtime &&
    (file.compressed || offset === file.size);
}
