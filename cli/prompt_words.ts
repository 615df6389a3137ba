/** The prompt of a command: its words, or stdin where they say so with `-` or say nothing. */
import { MAX_PROMPT_BYTES } from "../server/dispatch/prompt.ts";
import { CodexdashError } from "../server/error.ts";
import type { Words } from "./codexctl_words.ts";

export interface GivenPrompt {
  prompt: string | Uint8Array<ArrayBuffer>;
  /** What a child gets as stdin: what we read of ours, else ours. */
  stdin: Uint8Array<ArrayBuffer> | "inherit";
}

/** Whether there is no prompt at all: no words, and a terminal that nobody was told to type at. */
export function lacksPrompt({ rest }: Words): boolean {
  return rest.length === 0 && Deno.stdin.isTerminal();
}

/**
 * Stdin is read only for `-` or no words: an open pipe, or the list of a `while read` loop, is not ours
 * to take. Throws `CodexdashError` "invalid" where there is no prompt, or a longer one than any.
 */
export async function readPrompt(words: Words): Promise<GivenPrompt> {
  const { rest } = words;
  if (rest.length > 0 && !(rest.length === 1 && rest[0] === "-")) {
    return { prompt: rest.join(" "), stdin: "inherit" };
  }
  if (lacksPrompt(words)) {
    throw new CodexdashError("invalid", "Cannot send nothing: give a prompt, or - to type it here");
  }
  const bytes = await readStdin();
  return { prompt: bytes, stdin: bytes };
}

async function readStdin(): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of Deno.stdin.readable) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= MAX_PROMPT_BYTES) continue;
    throw new CodexdashError(
      "invalid",
      `Cannot send the prompt: stdin holds more than ${MAX_PROMPT_BYTES} bytes`,
    );
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
