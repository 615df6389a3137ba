/**
 * One event file that is open and read line by line into batches: its place, what it remembers of
 * itself, and its counts. Which file it is, is the source's business.
 */
import type { NewEvent } from "../wire.ts";
import { parseEventLine } from "./event_line.ts";
import { type FileMark, holds, markAt } from "./file_identity.ts";
import { placeAt, readLines, samePlace, type TailPlace } from "./line_tail.ts";
import type { Cursor } from "./source.ts";

/** A batch this long commits in about 20 ms: a page that asks meanwhile does not wait longer. */
const BATCH_LINES = 1_000;

/** `Cursor.state` of the event file: what makes a file known again, and what health says of it. */
export interface FileMemory extends FileMark {
  /** Files of this source are numbered: the highest was at the path last. */
  number: number;
  id: string;
  /** Where it was read last, symbolic links resolved. */
  path: string;
  /** Its modification time then. */
  mtime: number;
  bad_lines: number;
  /** Of its last usable line; null before the first. */
  last_ts: number | null;
}

/** A file that was read, open or not. */
export interface KnownFile {
  file_key: string;
  offset: number;
  memory: FileMemory;
}

/** What a stored cursor says; undefined for one that is not of this source's making. */
export function parseCursor({ file_key, offset, state }: Cursor): KnownFile | undefined {
  try {
    const memory = JSON.parse(state ?? "") as FileMemory;
    return typeof memory.number === "number" ? { file_key, offset, memory } : undefined;
  } catch {
    return undefined;
  }
}

/** Events read and the file as it is known after them. `accept` it once it is stored. */
export interface FileBatch {
  events: NewEvent[];
  after: KnownFile;
  place: TailPlace;
}

export class FollowedFile {
  readonly #file: Deno.FsFile;
  readonly #max_line_bytes: number;
  #known: KnownFile;
  #place: TailPlace;
  #size = 0;
  /** Nowhere in its folder any more: read on as long as it is open, and not looked for again. */
  lost = false;

  /** Takes over the open file and closes it in `close`. */
  constructor(file: Deno.FsFile, known: KnownFile, options: { max_line_bytes: number }) {
    this.#file = file;
    this.#max_line_bytes = options.max_line_bytes;
    this.#known = known;
    this.#place = placeAt(known.offset);
  }

  get known(): KnownFile {
    return this.#known;
  }

  /** Called by another name from now on. */
  renamedTo(path: string): void {
    this.#known = { ...this.#known, memory: { ...this.#known.memory, path } };
  }

  /** Bytes that were there at the last look and are not read; a torn last line counts. */
  get lag_bytes(): number {
    return Math.max(0, this.#size - this.#place.offset);
  }

  /** Whether the file still holds what was read from it: it was neither truncated nor rewritten. */
  isIntact(): boolean {
    this.#size = this.#file.statSync().size;
    return this.#size >= this.#place.scanned &&
      holds(this.#file, this.#known.memory, this.#known.offset);
  }

  /** Whether no name leads to the file any more: nobody can come to append to it. */
  isUnlinked(): boolean {
    return this.#file.statSync().nlink === 0;
  }

  /**
   * The next lines, up to 1,000 or 1 MiB; undefined at the end of the file, or when it shrank
   * meanwhile. Reading again without `accept` reads the same.
   */
  read(): FileBatch | undefined {
    const { file_key, memory } = this.#known;
    const { lines, place } = readLines(this.#file, this.#place, {
      max_line_bytes: this.#max_line_bytes,
      max_lines: BATCH_LINES,
    });
    const mark = markAt(this.#file, place.offset);
    if (samePlace(place, this.#place) || !mark) return undefined;
    const mtime = this.#file.statSync().mtime?.getTime() ?? 0;
    const after = { ...memory, ...mark, mtime };
    const events = lines.map((line) => {
      const ts = after.last_ts ?? mtime;
      const event = parseEventLine(line, { file: memory.path, file_key, ts });
      if (event.payload.type === "bad_line") after.bad_lines++;
      else after.last_ts = event.payload.ts;
      return event;
    });
    return { events, after: { file_key, offset: place.offset, memory: after }, place };
  }

  /** Moves on after a batch. */
  accept({ after, place }: FileBatch): void {
    this.#known = after;
    this.#place = place;
  }

  close(): void {
    this.#file.close();
  }
}
