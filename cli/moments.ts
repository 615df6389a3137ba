/** Moments that options name: as `parseSince` reads them, or a date with its time. */
import { CodexdashError } from "../server/error.ts";
import { parseSince } from "./since.ts";

/** For a command's help. */
export const MOMENTS = "today; 30m, 12h, 7d, 4w ago; 2026-03-01 or 2026-03-01T14:00, Z for UTC";

const DATE_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * The moment that an option names, in ms since the epoch; undefined when it was not given. A day is
 * its first moment here. Throws `CodexdashError` "invalid" that names the option.
 */
export function momentOption(
  word: string,
  option: { name: string; text: string | undefined; now: number },
): number | undefined {
  const { name, text, now } = option;
  if (text === undefined) return undefined;
  try {
    const ts = DATE_TIME.test(text) ? new Date(text).getTime() : parseSince(text, here(), now);
    if (Number.isFinite(ts)) return ts;
  } catch (error) {
    if (!(error instanceof CodexdashError)) throw error;
  }
  throw new CodexdashError(
    "invalid",
    `Cannot run ${word}: --${name} must be a moment (${MOMENTS}), not "${text}"; ` +
      `see codexdash ${word} --help`,
  );
}

function here(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
