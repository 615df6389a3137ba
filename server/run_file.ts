/**
 * `server.json` in the data folder: which server runs on it, and where. Commands find the server by
 * it, on any port. A crash leaves the file behind, so a reader asks the server whether it is the one.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorText } from "./error.ts";
import { log } from "./log.ts";

export interface RunFile {
  pid: number;
  url: string;
  /** As in the server's health: a later server on the same port has another. */
  started_ts: number;
}

/**
 * Says that this process serves the folder, and returns what takes that back. Written under another
 * name first: a reader sees all of it or none. A folder that cannot be written is a warning in the
 * log: the server works without.
 */
export function writeRunFile(dir: string, run: RunFile): () => void {
  const path = join(dir, "server.json");
  const text = JSON.stringify(run);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const draft = `${path}.${run.pid}`;
    writeFileSync(draft, `${text}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    log.warn("run file was not written", { path, cause: errorText(error) });
  }
  return () => {
    // Another server may have started on the folder since.
    if (JSON.stringify(readRunFile(dir)) === text) rmSync(path, { force: true });
  };
}

/** What the file says, or undefined when there is none that makes sense. */
export function readRunFile(dir: string): RunFile | undefined {
  try {
    const { pid, url, started_ts } = JSON.parse(readFileSync(join(dir, "server.json"), "utf8"));
    const is_known = Number.isInteger(pid) && Number.isInteger(started_ts) &&
      typeof url === "string" && /^http:\/\/\S+$/.test(url);
    return is_known ? { pid, url, started_ts } : undefined;
  } catch {
    return undefined;
  }
}
