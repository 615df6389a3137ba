/** A job's prompt, or why there is none. */
import type { JobRow } from "../server/wire.ts";
import { formatBytes } from "./format.ts";

/** Enough for any line on any screen; a 10,000-character prompt in a table is cut by CSS anyway. */
const LINE = 300;

/** The prompt as one line. */
export function promptLine(job: JobRow): string {
  if (job.prompt_text === null) return missingPrompt(job);
  return job.prompt_text.slice(0, LINE).replace(/\s+/g, " ").trim() || "(empty prompt)";
}

/** Wrappers keep no prompt above 10,000 characters, only its size and hash. */
export function missingPrompt({ prompt_bytes }: JobRow): string {
  return prompt_bytes === null ? "(prompt not known)" : `(${formatBytes(prompt_bytes)} prompt)`;
}
