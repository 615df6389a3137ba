/** Finds where the unread lines start in a file that took the place of one that was read. */
import { Breath } from "./breath.ts";
import { parseEventLine } from "./event_line.ts";
import { findTail, hasHead } from "./file_identity.ts";
import type { KnownFile } from "./followed_file.ts";
import { placeAt, readLines, samePlace } from "./line_tail.ts";

/**
 * The offset in `file`, which does not hold what was read of `known`, where reading goes on:
 *
 * - after the last lines that were read, when they are in it: an editor or a script changed, or cut
 *   off, earlier ones;
 * - at the first line with a later `ts` than the last one read, when it starts as before but those
 *   lines are gone: its end was cut off;
 * - else at 0: nothing of it was read.
 */
export async function findResumePoint(
  file: Deno.FsFile,
  known: KnownFile,
  options: { max_line_bytes: number },
): Promise<number> {
  if (known.offset === 0) return 0;
  return await findLastLines(file, known) ??
    (hasHead(file, known.memory) ? await findNewerLine(file, known, options) : 0);
}

async function findLastLines(file: Deno.FsFile, known: KnownFile): Promise<number | undefined> {
  const breath = new Breath();
  let found: number | undefined;
  for (let from: number | undefined = 0; from !== undefined;) {
    const { end, next } = findTail(file, known.memory, from);
    found = end ?? found;
    from = next;
    await breath.take();
  }
  return found;
}

async function findNewerLine(
  file: Deno.FsFile,
  { file_key, memory }: KnownFile,
  { max_line_bytes }: { max_line_bytes: number },
): Promise<number> {
  const breath = new Breath();
  const last_ts = memory.last_ts ?? Infinity;
  const origin = { file: memory.path, file_key, ts: 0 };
  for (let place = placeAt(0);;) {
    const read = readLines(file, place, { max_line_bytes, max_lines: 1_000 });
    const newer = read.lines.find((line) => parseEventLine(line, origin).payload.ts > last_ts);
    if (newer) return newer.offset;
    if (samePlace(read.place, place)) return place.offset;
    place = read.place;
    await breath.take();
  }
}
