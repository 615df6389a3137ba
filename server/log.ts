/** Structured log lines on stderr: lowercase, past tense, details as fields. */

const LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = typeof LEVELS[number];

let threshold: number = LEVELS.indexOf("info");

/** Lines below `level` are dropped from now on. Throws `RangeError` on an unknown level. */
export function setLogLevel(level: string): void {
  const index = LEVELS.indexOf(level as LogLevel);
  if (index < 0) throw new RangeError(`Cannot log at "${level}": use ${LEVELS.join(", ")}`);
  threshold = index;
}

type Fields = Record<string, unknown>;

function write(level: LogLevel, message: string, fields: Fields): void {
  if (LEVELS.indexOf(level) < threshold) return;
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${render(value)}`)
    .join("");
  console.error(`${new Date().toISOString()} ${level} ${message}${details}`);
}

function render(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.stack ?? value.message);
  return typeof value === "string" ? JSON.stringify(value) : JSON.stringify(value) ?? String(value);
}

export const log = {
  debug: (message: string, fields: Fields = {}) => write("debug", message, fields),
  info: (message: string, fields: Fields = {}) => write("info", message, fields),
  warn: (message: string, fields: Fields = {}) => write("warn", message, fields),
  error: (message: string, fields: Fields = {}) => write("error", message, fields),
};
