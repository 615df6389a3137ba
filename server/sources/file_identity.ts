/**
 * Tells whether a file is the one that a cursor was in. The path does not say: logs are rotated,
 * copied and truncated, edited and replaced. The inode does not either: it outlives a truncation and
 * is used again after a deletion. So a cursor keeps the first bytes of its file and the bytes right
 * before its offset, and a file that has both in place is the same file, whatever it is called.
 */
import { Buffer } from "node:buffer";
import { readAt } from "./line_tail.ts";

/** Enough for several lines' timestamps; bounded because every commit stores two of them. */
export const MARK_BYTES = 256;

/** What is kept of a file at an offset: the bytes of both ends of what was read, in base64. */
export interface FileMark {
  head: string;
  tail: string;
}

/** Device, inode and birth time: the same for every name of a file, and for its copies another. */
export function fileId({ dev, ino, birthtime }: Deno.FileInfo): string {
  return `${dev}:${ino}:${birthtime?.getTime() ?? 0}`;
}

/** The file's mark at `offset`; undefined when the file is shorter than that. */
export function markAt(file: Deno.FsFile, offset: number): FileMark | undefined {
  const length = Math.min(offset, MARK_BYTES);
  const tail = bytesAt(file, offset - length, length);
  if (tail.length < length) return undefined;
  const head = offset === length ? tail : bytesAt(file, 0, length);
  return { head: head.toString("base64"), tail: tail.toString("base64") };
}

/** Whether the file holds what was read up to `offset`: both ends of it are in place. */
export function holds(file: Deno.FsFile, mark: FileMark, offset: number): boolean {
  const tail = Buffer.from(mark.tail, "base64");
  return bytesAt(file, offset - tail.length, tail.length).equals(tail) && hasHead(file, mark);
}

/** Whether the file starts with the mark's head, all of it. */
export function hasHead(file: Deno.FsFile, mark: FileMark): boolean {
  const head = Buffer.from(mark.head, "base64");
  return bytesAt(file, 0, head.length).equals(head);
}

/** Whether the file, at least one byte, is how a file with this mark began. */
export function isBeginning(file: Deno.FsFile, mark: FileMark): boolean {
  const head = Buffer.from(mark.head, "base64");
  const start = bytesAt(file, 0, head.length);
  return start.length > 0 && start.equals(head.subarray(0, start.length));
}

/**
 * One past the last place where the file has the mark's tail, searched from `from` on in one chunk:
 * undefined when it is not there. The chunk ends `next` bytes on; undefined at the end of the file.
 */
export function findTail(
  file: Deno.FsFile,
  mark: FileMark,
  from: number,
): { end: number | undefined; next: number | undefined } {
  const tail = Buffer.from(mark.tail, "base64");
  const chunk = bytesAt(file, from, SEARCH_BYTES);
  const at = chunk.lastIndexOf(tail);
  return {
    end: at < 0 ? undefined : from + at + tail.length,
    next: chunk.length < SEARCH_BYTES ? undefined : from + chunk.length - tail.length + 1,
  };
}

/** Bytes searched at a time, so that the search can take a breath between. */
const SEARCH_BYTES = 1 << 20;

function bytesAt(file: Deno.FsFile, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readAt(file, bytes, offset));
}
