/** One word of a tmux command line, for tmux's own parser. No text can end the word or the line. */

const PLAIN = /^[A-Za-z0-9_@:.,/+-]+$/;
/** What the parser acts on between double quotes, `~` right after the opening one included. */
const SPECIAL = /["\\$~]/g;
// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/g;

/**
 * `word` as tmux reads it back unchanged, from a control client or a configuration file (tmux(1),
 * "Parsing syntax"). Formats are not its business: where tmux expands `#{…}` in an argument, the
 * caller doubles the `#`.
 */
export function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word;
  const escaped = word
    .replace(SPECIAL, "\\$&")
    .replace(CONTROL, (char) => "\\" + char.charCodeAt(0).toString(8).padStart(3, "0"));
  return `"${escaped}"`;
}

/**
 * A value as `show-options` prints it, without its quotes and escapes (REC tmux-options, and tmux 3.3a:
 * `fast,deep`, `"%1"`, `'a"b'`, `\~x`, `"a\nb"`, `''`).
 */
export function unquoteValue(printed: string): string {
  if (printed.length >= 2 && printed.startsWith("'") && printed.endsWith("'")) {
    return printed.slice(1, -1);
  }
  const quoted = printed.length >= 2 && printed.startsWith('"') && printed.endsWith('"');
  return (quoted ? printed.slice(1, -1) : printed).replace(
    /\\(.)/g,
    (_, char: string) => char === "n" ? "\n" : char === "t" ? "\t" : char,
  );
}
