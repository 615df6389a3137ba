/**
 * Reads the lines of one growing file from a byte offset: the event file, and any other file that
 * others append to. Keeps nothing between reads but the place it returns, so thousands of files cost
 * no more than one. A torn tail, a last line without its newline, is the end of the file.
 */
import type { BadReason, Line } from "./source.ts";

/** Bytes read at a time. One read is one batch: it bounds memory and the time between two breaths. */
const CHUNK_BYTES = 1 << 20;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export interface TailPlace {
  /** Where the next line starts; what a cursor keeps. */
  offset: number;
  /**
   * How far that line is known to hold no newline. Spares reading an endless line again and again;
   * equal to `offset` after a restart.
   */
  scanned: number;
}

export interface TailLimits {
  /** A longer line, without its newline, is bad: `too_long`. */
  max_line_bytes: number;
  /** Lines returned by one read. */
  max_lines: number;
}

export interface TailRead {
  /** Usable and bad lines in order, at most `max_lines`. Empty lines are left out. */
  lines: Line[];
  /** After the last line returned. Equal to the place read from at the end of the file. */
  place: TailPlace;
}

/** One read blocks the thread, so all files share one buffer. */
let shared: Uint8Array<ArrayBuffer> | undefined;

/** The place of a file that nothing is known of but where its next line starts. */
export function placeAt(offset: number): TailPlace {
  return { offset, scanned: offset };
}

/** Whether two places are the same: the second read found nothing. */
export function samePlace(a: TailPlace, b: TailPlace): boolean {
  return a.offset === b.offset && a.scanned === b.scanned;
}

/**
 * Reads complete lines from `place` on, about 1 MiB at a time. Read until the place stays the same:
 * a chunk can hold nothing but empty lines or a part of a very long one. Memory is bounded by
 * `max_line_bytes` plus one chunk. Throws what the file throws.
 */
export function readLines(file: Deno.FsFile, place: TailPlace, limits: TailLimits): TailRead {
  const { offset } = place;
  if (place.scanned - offset > limits.max_line_bytes) return skipLine(file, place);
  let bytes = shared ??= new Uint8Array(CHUNK_BYTES);
  let filled = readAt(file, bytes, offset);
  let last = bytes.subarray(0, filled).lastIndexOf(NEWLINE);
  while (last < 0 && filled === bytes.length && filled <= limits.max_line_bytes) {
    const longer = new Uint8Array(Math.min(bytes.length * 2, limits.max_line_bytes + 1));
    longer.set(bytes);
    filled += readAt(file, longer.subarray(filled), offset + filled);
    bytes = longer;
    last = bytes.subarray(0, filled).lastIndexOf(NEWLINE);
  }
  if (last < 0) return { lines: [], place: { offset, scanned: offset + filled } };
  return splitLines(bytes.subarray(0, last + 1), offset, limits);
}

/** Fills `into` from `offset` on, less at the end of the file. Returns the bytes read. */
export function readAt(file: Deno.FsFile, into: Uint8Array, offset: number): number {
  file.seekSync(offset, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < into.length) {
    const read = file.readSync(into.subarray(filled));
    if (read === null || read === 0) break;
    filled += read;
  }
  return filled;
}

/** Looks for the end of a line that is too long already, one chunk further. */
function skipLine(file: Deno.FsFile, { offset, scanned }: TailPlace): TailRead {
  const bytes = shared ??= new Uint8Array(CHUNK_BYTES);
  const filled = readAt(file, bytes, scanned);
  const newline = bytes.subarray(0, filled).indexOf(NEWLINE);
  if (newline < 0) return { lines: [], place: { offset, scanned: scanned + filled } };
  const end = scanned + newline + 1;
  return { lines: [badLine(offset, end, "too_long")], place: placeAt(end) };
}

/**
 * The lines of a block of whole lines, newlines included, that stands at `offset` in its file. Goes
 * as far as `max_lines` allow: the place returned is inside the block or at its end.
 */
export function splitLines(block: Uint8Array, offset: number, limits: TailLimits): TailRead {
  const ends: number[] = [];
  for (let at = 0; at < block.length && ends.length < limits.max_lines;) {
    at = block.indexOf(NEWLINE, at) + 1;
    ends.push(at);
  }
  const used = block.subarray(0, ends.at(-1));
  const texts = decodeAtOnce(used);
  const lines: Line[] = [];
  let start = 0;
  ends.forEach((end, index) => {
    const bytes = block.subarray(start, end - 1);
    const line = { offset: offset + start, end: offset + end };
    start = end;
    if (bytes.length === 0 || (bytes.length === 1 && bytes[0] === CARRIAGE_RETURN)) return;
    if (bytes.length > limits.max_line_bytes) {
      lines.push(badLine(line.offset, line.end, "too_long"));
      return;
    }
    const content = texts ? { text: texts[index]!, bad: null } : decodeLine(bytes);
    if (content.text !== null) content.text = trimLine(content.text, line.offset);
    lines.push({ ...line, ...content });
  });
  return { lines, place: placeAt(offset + used.length) };
}

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The block's lines, decoded in one go; undefined when some line of it cannot be used. */
function decodeAtOnce(block: Uint8Array): string[] | undefined {
  if (block.includes(0)) return undefined;
  try {
    return DECODER.decode(block).split("\n");
  } catch {
    return undefined;
  }
}

function decodeLine(bytes: Uint8Array): Pick<Line, "text" | "bad"> {
  if (bytes.includes(0)) return { text: null, bad: "nul_byte" };
  try {
    return { text: DECODER.decode(bytes), bad: null };
  } catch {
    return { text: null, bad: "invalid_utf8" };
  }
}

/** Without the carriage return of a CRLF and without a byte order mark at the start of the file. */
function trimLine(text: string, offset: number): string {
  const start = offset === 0 && text.startsWith("\uFEFF") ? 1 : 0;
  const end = text.endsWith("\r") ? text.length - 1 : text.length;
  return text.slice(start, end);
}

function badLine(offset: number, end: number, bad: BadReason): Line {
  return { offset, end, text: null, bad };
}
