/**
 * Follows what a path leads to, from file to file. Each pass finishes the files that are open, then
 * looks at the path. Another file there, or the same one cut, means: first what the old one still
 * holds, wherever it went, then the new one from where nothing of it was read.
 */
import { log } from "../log.ts";
import { Breath } from "./breath.ts";
import { fileId, holds, isBeginning, markAt } from "./file_identity.ts";
import { type FileBatch, FollowedFile, type KnownFile } from "./followed_file.ts";
import { findResumePoint } from "./resume_point.ts";
import { listSiblings, type Sibling, statFile } from "./rotation.ts";

/**
 * Old files kept open: a writer that holds a rotated file open goes on writing into it. More than a
 * few such writers, each at another rotation, is no case.
 */
const MAX_OLD_FILES = 4;

export interface PathFollowerOptions {
  path: string;
  max_line_bytes: number;
  /** Every file that was ever read. */
  known: readonly KnownFile[];
  /** Stores a batch; when it throws, the same lines come again in the next pass. */
  store(batch: FileBatch): void;
  /** Ends a pass under way between two batches. */
  signal: AbortSignal;
}

export class PathFollower {
  readonly #options: PathFollowerOptions;
  readonly #known = new Map<string, KnownFile>();
  /** The file at the path. */
  #current: FollowedFile | undefined;
  /** Files that were at the path and may still grow, oldest first. */
  #old: FollowedFile[] = [];
  /** The highest number given to a file. */
  #number: number;

  constructor(options: PathFollowerOptions) {
    this.#options = options;
    for (const known of options.known) this.#known.set(known.file_key, known);
    this.#number = this.#newestFirst()[0]?.memory.number ?? 0;
  }

  /** Bytes of the open files that were not read at the last look; null while none is open. */
  get lag_bytes(): number | null {
    const files = this.#open();
    return files.length ? files.reduce((sum, file) => sum + file.lag_bytes, 0) : null;
  }

  /** Where files are that may grow: the path itself, whether or not a file is there, and old files. */
  get paths(): string[] {
    return [this.#options.path, ...this.#old.map(({ known }) => known.memory.path)];
  }

  /** Over all files that were ever read. */
  get bad_lines(): number {
    return this.#newestFirst().reduce((sum, { memory }) => sum + memory.bad_lines, 0);
  }

  /** The `ts` of the last usable line; null before the first. */
  get last_ts(): number | null {
    return this.#newestFirst().find(({ memory }) => memory.last_ts !== null)?.memory.last_ts ??
      null;
  }

  /**
   * Reads everything there is to read. Returns whether there is a file at the path. Throws what
   * `store` and the file system throw; what was stored before stays read. One pass at a time.
   */
  async pass(): Promise<boolean> {
    const { path } = this.#options;
    for (const file of this.#open()) await this.#drain(file);
    const info = statFile(path);
    if (info && !info.isFile) throw new Error("it is not a regular file");
    const current = this.#current;
    if (!info || current?.known.memory.id !== fileId(info) || !current.isIntact()) {
      this.#current = undefined;
      if (current) await this.#keepOld(current);
      const file = info ? Deno.openSync(path) : undefined;
      try {
        this.#current = await this.#succeed(file);
      } catch (error) {
        file?.close();
        throw error;
      }
      if (this.#current) await this.#drain(this.#current);
    }
    const surplus = this.#old.length - MAX_OLD_FILES;
    this.#closeOld((file, index) => index < surplus || !file.isIntact() || file.isUnlinked());
    for (const file of this.#old) this.#findAgain(file);
    return info !== undefined;
  }

  /** Closes every file. No pass may be under way. */
  close(): void {
    for (const file of this.#open()) file.close();
    this.#current = undefined;
    this.#old = [];
  }

  #open(): FollowedFile[] {
    return this.#current ? [...this.#old, this.#current] : this.#old;
  }

  #newestFirst(): KnownFile[] {
    return [...this.#known.values()].sort((a, b) => b.memory.number - a.memory.number);
  }

  async #drain(file: FollowedFile): Promise<void> {
    const breath = new Breath();
    while (file.isIntact()) {
      const batch = file.read();
      if (!batch) return;
      if (batch.events.length > 0) this.#options.store(batch);
      file.accept(batch);
      this.#known.set(batch.after.file_key, batch.after);
      await breath.take();
      this.#options.signal.throwIfAborted();
    }
  }

  /** Reads an old file to its end and keeps it open, unless it was cut: then it is of no use. */
  async #keepOld(file: FollowedFile): Promise<void> {
    if (!file.isIntact()) return file.close();
    this.#old.push(file);
    await this.#drain(file);
  }

  /** Old files are renamed again by the next rotation. */
  #findAgain(file: FollowedFile): void {
    const { id, path } = file.known.memory;
    const info = statFile(path);
    if (file.lost || (info && fileId(info) === id)) return;
    const sibling = this.#siblings().find((sibling) => sibling.id === id);
    if (sibling) file.renamedTo(sibling.path);
    else file.lost = true;
  }

  #closeOld(isDone: (file: FollowedFile, index: number) => boolean): void {
    this.#old = this.#old.filter((file, index) => {
      const done = isDone(file, index);
      if (done) file.close();
      return !done;
    });
  }

  /** Takes up the file that is at the path now, after everything that was there before it. */
  async #succeed(file: Deno.FsFile | undefined): Promise<FollowedFile | undefined> {
    const { path } = this.#options;
    const id = file && fileId(file.statSync());
    const [last] = this.#newestFirst();
    const known = file &&
      this.#newestFirst().find(({ memory, offset }) => holds(file, memory, offset));
    const siblings = this.#siblings().filter((sibling) => sibling.id !== id);
    await this.#finishOlder(siblings);
    if (last && last !== known) await this.#finishLast(last, siblings);
    if (!file) return undefined;
    const place: OpenFile = { file, path: Deno.realPathSync(path) };
    if (known) {
      // It may be an old file come back: then it is the newest again, and not followed twice.
      this.#closeOld((old) => old.known.file_key === known.file_key);
      const number = known === last ? known.memory.number : ++this.#number;
      return this.#follow({ ...known, memory: { ...known.memory, number } }, place);
    }
    const [before] = this.#newestFirst();
    const offset = before ? await findResumePoint(file, before, this.#options) : 0;
    if (before) log.info("event file was replaced", { path, resumed_at: offset });
    const last_ts = offset > 0 && before ? before.memory.last_ts : null;
    return this.#followNew(place, { offset, last_ts });
  }

  /** Files that were rotated away long ago and may have grown since. */
  async #finishOlder(siblings: readonly Sibling[]): Promise<void> {
    for (const known of this.#newestFirst().slice(1, MAX_OLD_FILES).reverse()) {
      await this.#finish(known, siblings.filter(({ id }) => id === known.memory.id));
    }
  }

  /**
   * The rest of the file that was at the path last: it was renamed, or its lines were copied before
   * they were cut off. Then files that came and went meanwhile, in the order of their last lines.
   */
  async #finishLast(last: KnownFile, siblings: readonly Sibling[]): Promise<void> {
    const renamed = siblings.filter(({ id }) => id === last.memory.id);
    const copies = siblings.filter(({ kind, size }) => kind !== "other" && size > last.offset)
      .sort((a, b) => b.size - a.size);
    await this.#finish(last, [...renamed, ...copies]);
    const ids = new Set([...this.#known.values()].map(({ memory }) => memory.id));
    const missed = siblings.filter(({ id, kind, mtime }) =>
      kind === "rotated" && !ids.has(id) && mtime >= last.memory.mtime
    ).sort((a, b) => a.mtime - b.mtime);
    for (const { path } of missed) {
      const file = openSibling(path);
      if (!file) continue;
      if (this.#newestFirst().some(({ memory }) => isBeginning(file, memory))) file.close();
      else await this.#keepOld(this.#followNew({ file, path }, { offset: 0, last_ts: null }));
    }
  }

  /** Reads on in the first of `siblings` that holds what was read of `known`. */
  async #finish(known: KnownFile, siblings: readonly Sibling[]): Promise<void> {
    if (this.#old.some((old) => old.known.file_key === known.file_key)) return;
    for (const { path } of siblings) {
      const file = openSibling(path);
      if (!file) continue;
      if (holds(file, known.memory, known.offset)) {
        return await this.#keepOld(this.#follow(known, { file, path }));
      }
      file.close();
    }
  }

  /** What is in the folder of the path's file, and in that of the last file where it is another. */
  #siblings(): Sibling[] {
    const { path } = this.#options;
    const [last] = this.#newestFirst();
    const paths = new Set([statFile(path) ? Deno.realPathSync(path) : path]);
    if (last) paths.add(last.memory.path);
    const siblings = [...paths].flatMap((path) => listSiblings(path));
    return siblings.filter(({ id }, at) => siblings.findIndex((other) => other.id === id) === at);
  }

  #follow(known: KnownFile, { file, path }: OpenFile): FollowedFile {
    const memory = { ...known.memory, id: fileId(file.statSync()), path };
    return new FollowedFile(file, { ...known, memory }, this.#options);
  }

  #followNew({ file, path }: OpenFile, start: { offset: number; last_ts: number | null }) {
    const id = fileId(file.statSync());
    const mark = markAt(file, start.offset);
    if (!mark) throw new Error("it was cut while it was looked at");
    const number = ++this.#number;
    const { offset, last_ts } = start;
    const memory = { ...mark, number, id, path, mtime: 0, bad_lines: 0, last_ts };
    return this.#follow({ file_key: `${id}:${number}`, offset, memory }, { file, path });
  }
}

interface OpenFile {
  file: Deno.FsFile;
  path: string;
}

/** A sibling that may not be read is passed over: it must not stop the file itself. */
function openSibling(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path);
  } catch (error) {
    log.warn("rotated event file could not be opened", { path, error });
    return undefined;
  }
}
