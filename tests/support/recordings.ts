/** Recorded screens of real Codex versions, in tests/testdata/codex. */
import { join } from "node:path";

const DIR = join(import.meta.dirname ?? ".", "..", "testdata", "codex");

/** Names of all recorded screens, sorted. */
export function codexRecordings(): string[] {
  return [...Deno.readDirSync(DIR)]
    .map(({ name }) => name)
    .filter((name) => /^(?:old-[\d.]+-)?pane-.*\.txt$/.test(name))
    .map((name) => name.replace(/\.txt$/, ""))
    .sort();
}

/** A recorded screen's rows, as `capture-pane -p` gave them. */
export function recordedRows(name: string): string[] {
  return Deno.readTextFileSync(join(DIR, `${name}.txt`)).split("\n");
}

/** Where a recording lies, by its file name. */
export function recordingPath(file: string): string {
  return join(DIR, file);
}
