/** Text of agents as it may be shown: without anything that a terminal would obey. */

/** Escape sequences, control characters, and marks that turn the direction of what follows. */
const OBEYED =
  // deno-lint-ignore no-control-regex
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** `text` without anything that a terminal obeys, but for its newlines and tabs. */
export function plainText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(OBEYED, "");
}

/** `text` on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}
