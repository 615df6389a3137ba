/**
 * The lines of a `.jsonl.zst`, decompressed as they are read: never the whole file in memory.
 * Positions are byte offsets in the decompressed text.
 */
import { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import * as zlib from "node:zlib";
import { type FileMark, MARK_BYTES } from "./file_identity.ts";
import { splitLines, type TailLimits } from "./line_tail.ts";
import type { Line } from "./source.ts";

const NEWLINE = 10;

/** Bytes that one read of the decompressor brings, at the most. */
const CHUNK_BYTES = 256 << 10;

export interface CompressedRead {
  lines: Line[];
  /** Where the next line starts, and the file's mark there. */
  offset: number;
  mark: FileMark;
}

/**
 * Whole lines from `from` on, which must be a line's start. From anywhere but 0 the first read has
 * no lines and says what stands before `from`; there is none when the file is shorter. A last line
 * without its newline is left out. Throws what the file or the decompressor throws.
 */
export async function* compressedLines(
  path: string,
  { from, ...limits }: TailLimits & { from: number },
): AsyncGenerator<CompressedRead, void, undefined> {
  const unzip = zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES });
  // What fails also fails the loop below: pipeline destroys the decompressor with it.
  pipeline(createReadStream(path), unzip, () => {});
  const read = new ReadBytes();
  let pieces: Buffer[] = [];
  let long_line_at: number | undefined;
  for await (const bytes of unzip as AsyncIterable<Buffer>) {
    let chunk = bytes;
    if (read.offset < from) {
      chunk = read.take(chunk, from - read.offset);
      if (read.offset === from) yield { lines: [], offset: from, mark: read.mark() };
    }
    if (long_line_at !== undefined) {
      const newline = chunk.indexOf(NEWLINE);
      chunk = read.take(chunk, newline < 0 ? chunk.length : newline + 1);
      if (newline < 0) continue;
      const line: Line = { offset: long_line_at, end: read.offset, text: null, bad: "too_long" };
      long_line_at = undefined;
      yield { lines: [line], offset: read.offset, mark: read.mark() };
    }
    if (chunk.length > 0) pieces.push(chunk);
    if (!chunk.includes(NEWLINE)) {
      if (pieces.reduce((sum, { length }) => sum + length, 0) <= limits.max_line_bytes) continue;
      long_line_at = read.offset;
      for (const piece of pieces) read.take(piece, piece.length);
      pieces = [];
      continue;
    }
    let block: Buffer = Buffer.concat(pieces);
    let length = block.lastIndexOf(NEWLINE) + 1;
    while (length > 0) {
      const { lines, place } = splitLines(block.subarray(0, length), read.offset, limits);
      const taken = place.offset - read.offset;
      block = read.take(block, taken);
      length -= taken;
      yield { lines, offset: place.offset, mark: read.mark() };
    }
    pieces = block.length > 0 ? [Buffer.from(block)] : [];
  }
}

/** The bytes passed so far: how many, the first and the last of them. */
class ReadBytes {
  offset = 0;
  #head: Buffer = Buffer.alloc(0);
  #tail: Buffer = Buffer.alloc(0);

  /** Passes up to `length` bytes and returns the rest. */
  take(bytes: Buffer, length: number): Buffer {
    const taken = bytes.subarray(0, length);
    if (this.#head.length < MARK_BYTES) {
      this.#head = Buffer.concat([this.#head, taken.subarray(0, MARK_BYTES - this.#head.length)]);
    }
    const end = Buffer.concat([this.#tail, taken.subarray(-MARK_BYTES)]);
    this.#tail = end.subarray(-MARK_BYTES);
    this.offset += taken.length;
    return bytes.subarray(taken.length);
  }

  mark(): FileMark {
    return { head: this.#head.toString("base64"), tail: this.#tail.toString("base64") };
  }
}
