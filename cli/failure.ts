/** What a person reads when a command fails, and its exit code. */
import { CodexdashError } from "../server/error.ts";

/** Prints one line for a known failure, everything for a defect. Returns 2 for bad usage, else 1. */
export function reportFailure(error: unknown): number {
  if (error instanceof CodexdashError) {
    console.error(`codexdash: ${error.message}`);
    return error.code === "invalid" || error.code === "bad_query" ? 2 : 1;
  }
  console.error("codexdash: internal error, please report it with what follows");
  console.error(error);
  return 1;
}
