/** One line of a session file as the event that is stored: bounded, and bad lines told. */
import { Buffer } from "node:buffer";
import { readRolloutLine, type RolloutMemory } from "../codex/rollout_line.ts";
import type { NewEvent, RolloutEvent } from "../wire.ts";
import { badLine, type LineOrigin } from "./bad_line.ts";
import type { BadReason, Line } from "./source.ts";

/**
 * The most of one text that is kept: a command that prints a whole log would be stored, sent to every
 * page and searched, and nobody reads more than this of it. Codex's own file has the rest.
 */
export const MAX_TEXT_BYTES = 200_000;

/**
 * Reads one line and moves `memory` on. Undefined for a line that says nothing to us; a `bad_line`
 * event for one that cannot be used. Never throws.
 */
export function readRolloutEvent(
  line: Line,
  memory: RolloutMemory,
  origin: LineOrigin,
): NewEvent | undefined {
  const source = "rollouts";
  if (line.text === null) {
    return badLine(line, { ...origin, source, reason: line.bad ?? "not_json" });
  }
  let event: RolloutEvent | undefined;
  try {
    event = readRolloutLine(memory, line.text, { rollout: origin.file });
  } catch {
    return badLine(line, { ...origin, source, reason: reasonOf(line.text) });
  }
  if (!event) return undefined;
  const payload = whole(bounded(event));
  return { payload, payload_text: JSON.stringify(payload), offset: line.offset };
}

function reasonOf(text: string): BadReason {
  try {
    const value: unknown = JSON.parse(text);
    const is_object = typeof value === "object" && value !== null && !Array.isArray(value);
    return is_object ? "wrong_type" : "not_an_object";
  } catch {
    return "not_json";
  }
}

function bounded(event: RolloutEvent): RolloutEvent {
  switch (event.type) {
    case "turn_item": {
      const { text, command, output, changes } = event;
      return {
        ...event,
        text: cut(text),
        command: cut(command),
        output: cut(output),
        changes: changes && cutDiffs(changes),
      };
    }
    case "turn_ended":
      return {
        ...event,
        error_message: cut(event.error_message),
        last_message: cut(event.last_message),
      };
    default:
      return event;
  }
}

/** Columns of numbers are integers; a fraction there would stop the file for ever. */
function whole<Value extends object>(value: Value): Value {
  const numbers = Object.entries(value).map(([name, inner]) => {
    if (typeof inner === "number" && name !== "used_percent") return [name, nearest(inner)];
    const is_inside = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    return [name, is_inside ? whole(inner) : inner];
  });
  return Object.fromEntries(numbers);
}

function nearest(number: number): number {
  const { MAX_SAFE_INTEGER: max } = Number;
  return Math.min(max, Math.max(-max, Math.round(number)));
}

/** The diffs of one change share the bound. */
function cutDiffs<Change extends { diff: string | null }>(changes: readonly Change[]): Change[] {
  let left = MAX_TEXT_BYTES;
  return changes.map((change) => {
    const diff = cut(change.diff, left);
    left = Math.max(0, left - Buffer.byteLength(change.diff ?? ""));
    return { ...change, diff };
  });
}

/** Both ends of a text that is too long, with a note between: errors stand at the end of outputs. */
function cut(text: string | null, max_bytes = MAX_TEXT_BYTES): string | null {
  // A UTF-16 unit is at most three bytes.
  if (text === null || text.length * 3 <= max_bytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= max_bytes) return text;
  const half = max_bytes >> 1;
  const head = bytes.subarray(0, characterStart(bytes, half));
  const tail = bytes.subarray(characterStart(bytes, bytes.length - half));
  const left_out = bytes.length - head.length - tail.length;
  return `${head.toString()}\n[… ${left_out} bytes left out …]\n${tail.toString()}`;
}

/** The first byte of the character that the byte at `at` belongs to. */
function characterStart(bytes: Uint8Array, at: number): number {
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}
