/**
 * The files of one thread below CODEX_HOME: its rollout, one line a call, and its writer lock, held as
 * long as the thread lives so that `/proc/locks` names this process (codex.md §2).
 */
import { dirname, join } from "node:path";
import type { Payload } from "./lines.ts";

export class RolloutFile {
  readonly path: string;
  readonly #lock: Deno.FsFile;
  readonly #lock_path: string;
  readonly #encoder = new TextEncoder();
  #file: Deno.FsFile | undefined;
  #ordinal: number;

  /** Takes the lock. The rollout appears with its first line; its name has the local time `started`. */
  constructor(codex_home: string, thread: { id: string; started: Date }) {
    const local = new Date(thread.started.getTime() - thread.started.getTimezoneOffset() * 60_000)
      .toISOString();
    this.path = join(
      codex_home,
      "sessions",
      local.slice(0, 10).replaceAll("-", "/"),
      `rollout-${local.slice(0, 19).replaceAll(":", "-")}-${thread.id}.jsonl`,
    );
    this.#lock_path = join(codex_home, "thread-writer-locks", `${thread.id}.lock`);
    Deno.mkdirSync(dirname(this.#lock_path), { recursive: true });
    this.#lock = Deno.openSync(this.#lock_path, { create: true, write: true });
    this.#lock.lockSync(true);
    this.#ordinal = 0;
  }

  /** The next line's number. */
  get ordinal(): number {
    return this.#ordinal;
  }

  append(type: string, payload: Payload, metadata?: Payload): void {
    if (!this.#file) {
      Deno.mkdirSync(dirname(this.path), { recursive: true });
      this.#file = Deno.openSync(this.path, { create: true, append: true });
    }
    const line = {
      timestamp: new Date().toISOString(),
      ordinal: this.#ordinal++,
      type,
      payload,
      ...metadata ? { metadata } : {},
    };
    writeAll(this.#file, this.#encoder.encode(JSON.stringify(line) + "\n"));
  }

  /** Closes and gives up the lock. */
  close(): void {
    this.#file?.close();
    this.#lock.close();
    Deno.removeSync(this.#lock_path);
  }
}

/** One line for each prompt of a person (REC history.jsonl): `ts` in seconds. */
export function appendHistory(codex_home: string, session_id: string, text: string): void {
  const line = { session_id, ts: Math.floor(Date.now() / 1000), text };
  Deno.writeTextFileSync(join(codex_home, "history.jsonl"), JSON.stringify(line) + "\n", {
    append: true,
    mode: 0o600,
  });
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
}
