/** Another process that appends to an event file; see append.ts. */
import assert from "node:assert/strict";
import { join } from "node:path";

export class Appender implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;

  constructor(path: string) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", join(import.meta.dirname!, "append.ts"), path],
      stdin: "piped",
    }).spawn();
    this.#stdin = this.#process.stdin.getWriter();
  }

  /** Has it go on until the file has this many lines. Does not wait for it. */
  async appendUpTo(count: number): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(`${count}\n`));
  }

  /** Waits until everything asked for is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stdin.close();
    assert((await this.#process.status).success);
  }
}
