/** What `up`, `down`, `attach` and `ids` share: their words, and whose work they are. */
import { type Config, loadConfig } from "../server/config.ts";
import { CodexdashError } from "../server/error.ts";
import { passThrough } from "./codexctl.ts";
import { readWords, type WordOptions, type Words } from "./codexctl_words.ts";

export const OUR_OPTIONS = ["driver", "codexctl", "session", "tmux_socket"] as const;

/**
 * Lets codexctl do the work and returns its exit code; where there is none, does `own`. Throws
 * `CodexdashError` "invalid" for words that make no sense; codexctl says that itself.
 */
export async function runSessionWord(
  word: string,
  args: string[],
  { options, own, not_codexctl }: {
    options: WordOptions;
    own(config: Config, words: Words): Promise<number>;
    /** A switch that codexctl could not be told of: with it the built-in driver does the work. */
    not_codexctl?: string;
  },
): Promise<number> {
  const words = readWords(args, options);
  if (not_codexctl !== undefined && words.our_flags[not_codexctl] === true) {
    words.our_flags["driver"] = "builtin";
  }
  const code = await passThrough([word, ...words.passed], loadConfig(words.our_flags));
  if (code !== undefined) return code;
  const [more] = words.rest;
  const problem = words.problem ??
    (more === undefined ? undefined : `"${more}" is one word too many`);
  if (problem) {
    const message = `Cannot run ${word}: ${problem}; see codexdash ${word} --help`;
    throw new CodexdashError("invalid", message);
  }
  return await own(loadConfig(words.flags), words);
}
