/**
 * Codex's daemon in a world, started here: a plain `codex` in a pane joins it (codex.md §1), without
 * the copy of 404 MB that it makes when it has to start one itself.
 */
import { join } from "node:path";
import { retryUntil } from "../support/retry.ts";
import type { CodexWorld } from "./world.ts";

/** A 2-core machine that also builds something else takes this long. */
const SLOW_MS = 60_000;

export class CodexDaemon implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #socket: string;

  private constructor(child: Deno.ChildProcess, socket: string) {
    this.#child = child;
    this.#socket = socket;
  }

  /** Resolves when it listens on the socket in the world's CODEX_HOME. */
  static async start(world: CodexWorld, env: Record<string, string> = {}): Promise<CodexDaemon> {
    const child = new Deno.Command(world.codex, {
      args: ["app-server", "--listen", "unix://"],
      env: world.envForCodex(env),
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const socket = join(world.codex_home, "app-server-control", "app-server-control.sock");
    await retryUntil("the daemon's socket", () => exists(socket), SLOW_MS);
    return new CodexDaemon(child, await Deno.realPath(socket));
  }

  /** Ends it as a crash would: a signal that it can hear lets running turns go on for long. */
  async stop(): Promise<void> {
    // The launcher passes no SIGKILL on.
    const codex = new Deno.Command("pkill", { args: ["-KILL", "-P", `${this.#child.pid}`] });
    await codex.output();
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It ended with its child.
    }
    await this.#child.status;
    // It lies outside of the world: in the temporary folder, with its lock.
    for (const path of [this.#socket, `${this.#socket}.lock`]) {
      await Deno.remove(path).catch(() => {});
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
