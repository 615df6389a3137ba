/** `codexdash send`: hands a prompt to one or more agents. */
import { CodexdashError } from "../server/error.ts";
import { passThrough } from "./codexctl.ts";
import { lacksPrompt, readPrompt } from "./prompt_words.ts";
import {
  readSender,
  requestOptions,
  SEND_OPTIONS,
  SEND_RULES,
  SEND_WORDS,
  sendInForeground,
} from "./sending.ts";

export const help = `Usage: codexdash send <target> [options] [--] <prompt | ->

Sends a prompt to an agent, waits for the end of its turn and prints what its pane shows.

Targets: fast or @fast (a name), @1 (an index), %2 (a pane), all
The prompt is the rest of the words; with -, or without any, it is read from stdin.

${SEND_OPTIONS}

${SEND_RULES}`;

/** Returns the exit code. Throws `CodexdashError` for words or targets that make no sense. */
export async function run(args: string[]): Promise<number> {
  const sender = readSender(args, { ...SEND_WORDS, positionals: 1 });
  const { words, config, mirrored } = sender;
  const [target] = words.positionals;
  if (mirrored && (target === undefined || lacksPrompt(words))) {
    return await passThrough(["send", ...words.passed], config) ?? 1;
  }
  if (target === undefined) {
    throw new CodexdashError("invalid", "Cannot send to nobody: codexdash send <target> <prompt>");
  }
  const { prompt, stdin } = await readPrompt(words);
  return await sendInForeground({
    ...requestOptions(sender),
    targets: [target],
    prompt,
    args: ["send", ...args],
    codexctl: { args: ["send", ...words.passed], stdin, chooses: "targets" },
  }, sender);
}
