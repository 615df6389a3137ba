/** Checks a prompt before it goes anywhere. */
import { CodexdashError } from "../error.ts";
import { findControlCharacter } from "../tmux/keys.ts";

/** Far more than a person or a script means to send; Codex itself takes about as much. */
export const MAX_PROMPT_BYTES = 1024 * 1024;

export interface Prompt {
  text: string;
  /** What is hashed and counted, and what codexctl reads on stdin. */
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A prompt that can be typed, without the newlines at its end. Throws `CodexdashError` "invalid" when it
 * is empty, too long, no UTF-8 (where it is not `lossy`), or holds control characters: a pane would take
 * those as keys.
 */
export function checkPrompt(
  given: string | Uint8Array<ArrayBuffer>,
  { lossy = false }: { lossy?: boolean } = {},
): Prompt {
  const size = typeof given === "string" ? given.length : given.byteLength;
  if (size > MAX_PROMPT_BYTES) throw tooLong();
  const text = (typeof given === "string" ? given : decode(given, lossy)).replace(/[\r\n]+$/, "");
  if (text.trim() === "") throw invalid("it is empty");
  const found = findControlCharacter(text);
  if (found) throw invalid(`it holds ${found}; a pane would take it as a key, so remove it`);
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MAX_PROMPT_BYTES) throw tooLong();
  return { text, bytes };
}

function decode(bytes: Uint8Array, lossy: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: !lossy }).decode(bytes);
  } catch {
    throw invalid("it is not UTF-8 text");
  }
}

function tooLong(): CodexdashError {
  return invalid(`it is longer than ${MAX_PROMPT_BYTES} bytes; put it into a file and name that`);
}

function invalid(reason: string): CodexdashError {
  return new CodexdashError("invalid", `Cannot send the prompt: ${reason}`);
}
