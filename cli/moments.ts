/** Moments as people type them: a time ago, a day, a date with its time. */
import { CodexdashError } from "../server/error.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** For a command's help. */
export const MOMENTS = "30m, 12h, 7d ago; 2026-03-01, 2026-03-01T14:00 here, or with Z in UTC";

/**
 * The moment that an option names, in ms since the epoch; undefined when it was not given. A day is
 * its first moment. Throws `CodexdashError` "invalid" that names the option.
 */
export function momentOption(
  word: string,
  option: { name: string; text: string | undefined; now: number },
): number | undefined {
  const { name, text, now } = option;
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (count && unit) return now - Number(count) * UNIT_MS[unit]!;
  const is_date = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(
    text,
  );
  // A day without a time would be one in UTC.
  const ts = is_date ? new Date(text.length === 10 ? `${text}T00:00` : text).getTime() : NaN;
  if (Number.isFinite(ts)) return ts;
  throw new CodexdashError(
    "invalid",
    `Cannot run ${word}: --${name} must be a moment (${MOMENTS}), not "${text}"; ` +
      `see codexdash ${word} --help`,
  );
}
