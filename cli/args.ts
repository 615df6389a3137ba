/** Reads a command's arguments; what does not fit is one line for people and exit code 2. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { CodexdashError } from "../server/error.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

interface Expected<T extends Options> {
  /** The command, for the message. */
  word: string;
  options: T;
  /** Names of the words that must follow, in order. */
  words?: readonly string[];
  /** Names of words that may follow those. */
  optional_words?: readonly string[];
  /** What may follow in any number, but at least once. */
  more_words?: string;
}

/** Options that several commands share. */
export const JSON_OPTION = { json: { type: "boolean" } } as const satisfies Options;

/** The last lines of every command's help. */
export const EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage.";

/**
 * Parses `args` strictly. Throws `CodexdashError` "invalid" that names the option and where to read
 * more.
 */
export function parseCommand<T extends Options>(args: string[], expected: Expected<T>) {
  const { word, options, words = [], optional_words = [], more_words } = expected;
  const parsed = attempt(word, () => parseArgs({ args, options, allowPositionals: true }));
  if (more_words !== undefined) {
    if (parsed.positionals.length === 0) throw wrongUsage(word, `it needs ${more_words}`);
    return parsed;
  }
  const most = words.length + optional_words.length;
  const count = parsed.positionals.length;
  if (count < words.length || count > most) {
    const missing = words[count];
    throw wrongUsage(
      word,
      missing ? `it needs ${missing}` : `"${parsed.positionals[most]}" is one word too many`,
    );
  }
  return parsed;
}

/** The whole number that an option was given, or undefined when it was not. */
export function numberOption(
  word: string,
  option: { name: string; text: string | undefined },
): number | undefined {
  const { name, text } = option;
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw wrongUsage(word, `--${name} must be a whole number, not "${text}"`);
}

/** The word of a closed list that an option was given, or undefined when it was not. */
export function wordOption<Word extends string>(
  word: string,
  option: { name: string; text: string | undefined; words: readonly Word[] },
): Word | undefined {
  const { name, text, words } = option;
  const found = words.find((known) => known === text);
  if (found !== undefined || text === undefined) return found;
  throw wrongUsage(word, `--${name} must be one of ${words.join(", ")}, not "${text}"`);
}

function wrongUsage(word: string, reason: string): CodexdashError {
  return new CodexdashError(
    "invalid",
    `Cannot run ${word}: ${reason}; see codexdash ${word} --help`,
  );
}

function attempt<T>(word: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // Node adds a paragraph on how to pass such a word all the same; the first sentence says it.
    if (!(error instanceof TypeError)) throw error;
    const [sentence = ""] = error.message.split(/\. |\n/);
    throw wrongUsage(word, sentence.charAt(0).toLowerCase() + sentence.slice(1));
  }
}
