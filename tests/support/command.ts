/** The program as a shell runs it: in a process of its own, in a test's world. */
import { join } from "node:path";
import { retryUntil } from "./retry.ts";
import type { TestWorld } from "./temp.ts";

const MAIN = join(import.meta.dirname ?? ".", "..", "..", "main.ts");

/** A program that starts while all other tests run too. */
const PATIENCE_MS = 60_000;

/** A command that should have ended long ago. */
const LONGEST_RUN_MS = 180_000;

export interface CommandEnd {
  code: number;
  stdout: string;
  stderr: string;
}

function command(world: TestWorld, args: string[], env: Record<string, string>): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    signal: AbortSignal.timeout(LONGEST_RUN_MS),
    args: ["run", "-A", "--no-check", MAIN, ...args],
    env: world.env(env),
    clearEnv: true,
    cwd: world.dir,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs `codexdash …args` to its end. */
export async function runCommand(
  world: TestWorld,
  args: string[],
  env: Record<string, string> = {},
): Promise<CommandEnd> {
  const { code, stdout, stderr } = await command(world, args, env).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** `codexdash …args` while it runs: what it has printed so far, and its end. */
export class RunningCommand implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;
  stdout = "";
  stderr = "";

  constructor(world: TestWorld, args: string[], env: Record<string, string> = {}) {
    this.#child = command(world, args, env).spawn();
    const collect = async (
      stream: ReadableStream<Uint8Array<ArrayBuffer>>,
      take: (text: string) => void,
    ) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text);
    };
    this.#read = Promise.all([
      collect(this.#child.stdout, (text) => this.stdout += text),
      collect(this.#child.stderr, (text) => this.stderr += text),
    ]);
  }

  /** Whole lines of standard output so far. */
  get lines(): string[] {
    return this.stdout.split("\n").slice(0, -1);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until `probe` says so; what it printed is in the error. */
  async until(what: string, probe: (running: RunningCommand) => unknown): Promise<void> {
    try {
      await retryUntil(what, () => Boolean(probe(this)), PATIENCE_MS);
    } catch (error) {
      throw new Error(`${what}; stdout: ${this.stdout}; stderr: ${this.stderr}`, { cause: error });
    }
  }

  kill(signal: Deno.Signal = "SIGTERM"): void {
    this.#child.kill(signal);
  }

  /** Its exit code, after all that it printed was read. */
  async end(): Promise<number> {
    const { code } = await this.#child.status;
    await this.#read;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.end();
  }
}
