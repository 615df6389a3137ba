/**
 * Reads a session file a step at a time: opens it, makes sure that it still holds what was read of
 * it, reads the next lines and closes it. So thousands of files are followed with no descriptor open,
 * and a file that was moved, restored or rewritten meanwhile is noticed before a line of it is told.
 */
import { newRolloutMemory } from "../codex/rollout_line.ts";
import type { NewEvent, ThreadMovedEvent } from "../wire.ts";
import { compressedLines } from "./compressed_lines.ts";
import { fileId, holds, markAt } from "./file_identity.ts";
import { placeAt, readLines, samePlace, type TailLimits, type TailPlace } from "./line_tail.ts";
import { readRolloutEvent } from "./rollout_event.ts";
import type { KnownRollout, KnownRollouts } from "./rollout_known.ts";
import type { Line } from "./source.ts";

export const LIMITS: TailLimits = {
  /**
   * The longest lines are prompts with images in them: 20 MB of image are 27 MB of base64. Reading
   * one takes several times its length in memory for a moment, so more must not pass as a line.
   */
  max_line_bytes: 32 << 20,
  /**
   * About 100 KB. With 250 lines the decoded blocks, too large for the heap's young half, stayed until
   * it was full: 160 MB of memory after a file of 1 GB instead of 100, and half the speed.
   */
  max_lines: 40,
};

/** A session file as it was seen last. */
export interface RolloutFile {
  path: string;
  stem: string;
  id: string;
  size: number;
  mtime: number;
}

/** Lines read, and the file as it is known after them. */
export interface RolloutStep {
  events: NewEvent[];
  after: KnownRollout;
  place: TailPlace;
  /** The file's length at this step. */
  size: number;
  /** Whether there may be more to read; a torn last line is not. */
  more: boolean;
}

/**
 * The next lines of a plain file, up to 1 MiB or the longest line; reading again without keeping
 * `after` reads the same. `followed` is how the last step left it. Throws what the file throws.
 */
export function readRollout(
  { path, stem }: RolloutFile,
  { known, followed }: {
    known: KnownRollouts;
    followed?: { file_key: string; place: TailPlace } | undefined;
  },
): RolloutStep {
  using file = Deno.openSync(path);
  const info = file.statSync();
  const id = fileId(info);
  const { size } = info;
  const mtime = info.mtime?.getTime() ?? 0;
  const last = followed && known.get(followed.file_key);
  const candidates = [...last ? [last] : [], ...known.candidates({ id, stem })];
  const before = candidates.find(({ state, offset }) => holds(file, state, offset)) ??
    unread(known, { stem, id });
  const goes_on = followed?.file_key === before.file_key &&
    followed.place.offset === before.offset && followed.place.scanned <= size;
  const from = goes_on ? followed.place : placeAt(before.offset);
  const { lines, place } = readLines(file, from, LIMITS);
  const mark = markAt(file, place.offset);
  const moved = movedEvents(before, path);
  if (!mark || place.offset === before.offset) {
    const more = !samePlace(from, place) && place.scanned < size;
    const after = moved.length > 0 ? { ...before, state: { ...before.state, path } } : before;
    return { events: moved, after, place, size, more };
  }
  const taken = takeLines(before, lines, { path, mtime });
  const read_mtime = place.offset === size ? mtime : null;
  const state = { ...taken.after.state, ...mark, id, stem, path, read_mtime };
  return {
    events: [...moved, ...taken.events],
    after: { file_key: before.file_key, offset: place.offset, state },
    place,
    size,
    more: place.offset < size,
  };
}

/** All that is unread of a compressed file. The last step has its end, also when it has no lines. */
export async function* readCompressedRollout(
  { path, stem, id, size, mtime }: RolloutFile,
  known: KnownRollouts,
): AsyncGenerator<RolloutStep> {
  const { before, reads } = await findCompressedStart({ path, stem, id }, known);
  let after = before;
  const step = (events: NewEvent[], more: boolean) => {
    return { events, after, place: placeAt(after.offset), size, more };
  };
  for await (const { lines, offset, mark } of reads) {
    const taken = takeLines(after, lines, { path, mtime });
    const state = { ...taken.after.state, ...mark };
    after = { file_key: before.file_key, offset, state };
    yield step(taken.events, true);
  }
  after = { ...after, state: { ...after.state, id, stem, path, read_mtime: mtime } };
  yield step(movedEvents(before, path), false);
}

/** It may be a file that was read before it was compressed: then reading goes on there. */
async function findCompressedStart(
  { path, stem, id }: { path: string; stem: string; id: string },
  known: KnownRollouts,
) {
  for (const before of known.candidates({ id, stem })) {
    const { offset, state } = before;
    if (offset === 0) continue;
    const reads = compressedLines(path, { ...LIMITS, from: offset });
    const { value: first } = await reads.next();
    if (first?.mark.head === state.head && first.mark.tail === state.tail) {
      return { before, reads };
    }
    await reads.return(undefined);
  }
  const before = unread(known, { stem, id });
  return { before, reads: compressedLines(path, { ...LIMITS, from: 0 }) };
}

/** A file whose lines are known can be found in another place. */
function movedEvents({ state }: KnownRollout, rollout: string): NewEvent[] {
  const { thread_id } = state.memory;
  if (state.path === undefined || state.path === rollout || thread_id === null) return [];
  const ts = state.last_ts ?? 0;
  const payload: ThreadMovedEvent = { type: "thread_moved", ts, thread_id, rollout };
  return [{ payload, payload_text: JSON.stringify(payload), offset: null }];
}

function unread(known: KnownRollouts, { stem, id }: { stem: string; id: string }): KnownRollout {
  return {
    file_key: known.newKey(id),
    offset: 0,
    state: {
      head: "",
      tail: "",
      id,
      stem,
      read_mtime: null,
      memory: newRolloutMemory({ told_ts: toldOf(known, { stem, id }) }),
      bad_lines: 0,
      last_ts: null,
    },
  };
}

/** How far the legacy file of the same name was told, in case this is what Codex made of it. */
function toldOf(known: KnownRollouts, { stem, id }: { stem: string; id: string }): number | null {
  const old = known.candidates({ stem, id }).find(({ state }) => state.stem === stem)?.state;
  if (old?.memory.format !== "legacy" || old.last_ts === null) return null;
  // Of one moment's lines some may be unread: rather twice than never.
  return old.read_mtime === null ? old.last_ts - 1 : old.last_ts;
}

/** The events of lines, and what is remembered of the file after them. `before` stays as it is. */
function takeLines(
  before: KnownRollout,
  lines: readonly Line[],
  { path, mtime }: { path: string; mtime: number },
): { events: NewEvent[]; after: KnownRollout } {
  const { file_key } = before;
  // A copy of its fields is enough: the parser sets them and changes nothing inside.
  const state = { ...before.state, memory: { ...before.state.memory } };
  const events: NewEvent[] = [];
  for (const line of lines) {
    const ts = state.last_ts ?? mtime;
    const event = readRolloutEvent(line, state.memory, { file: path, file_key, ts });
    if (!event) continue;
    if (event.payload.type === "bad_line") state.bad_lines++;
    else state.last_ts = event.payload.ts;
    events.push(event);
  }
  return { events, after: { ...before, state } };
}
