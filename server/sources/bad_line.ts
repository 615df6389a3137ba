/** A line of any followed file that could not be used, as the event that says so. */
import type { BadLineEvent, NewEvent } from "../wire.ts";
import type { BadReason, Line, SourceName } from "./source.ts";

/** Where a line was read. */
export interface LineOrigin {
  /** The path, for people. */
  file: string;
  file_key: string;
  /**
   * The `ts` of a line that has none, and of a bad line: that of the last usable line before it, so
   * reading again gives the same.
   */
  ts: number;
}

/** The event of a line that `source` could not use because of `reason`. */
export function badLine(
  line: Line,
  { source, reason, file, file_key, ts }: LineOrigin & { source: SourceName; reason: BadReason },
): NewEvent {
  const payload: BadLineEvent = {
    ts,
    type: "bad_line",
    source,
    file,
    file_key,
    offset: line.offset,
    bytes: line.end - line.offset - 1,
    reason,
  };
  return { payload, payload_text: JSON.stringify(payload), offset: line.offset };
}
