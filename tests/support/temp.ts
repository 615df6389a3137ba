/** A private world for a test: HOME, CODEX_HOME, CODEXDASH_DIR and a tmux server of its own. */
import { join } from "node:path";
import { tmux } from "../../server/tmux/command.ts";

export class TestWorld implements AsyncDisposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "codexdash-test-" });
  readonly home = join(this.dir, "home");
  readonly codex_home = join(this.dir, "codex");
  readonly data_dir = join(this.dir, "data");
  readonly events = join(this.data_dir, "events.ndjson");
  readonly db = join(this.data_dir, "codexdash.db");
  /** A socket path inside the world: nothing here can meet the user's own tmux server. */
  readonly tmux_socket = join(this.dir, "tmux");

  constructor() {
    for (const dir of [this.home, this.codex_home, this.data_dir]) Deno.mkdirSync(dir);
  }

  /** The environment of a child process of this world, and nothing of the caller's but PATH. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
      HOME: this.home,
      DENO_DIR: Deno.env.get("DENO_DIR") ??
        join(Deno.env.get("HOME") ?? "/root", ".cache", "deno"),
      DENO_NO_UPDATE_CHECK: "1",
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
      CODEX_HOME: this.codex_home,
      CODEXDASH_DIR: this.data_dir,
      CODEXDASH_TMUX_SOCKET: this.tmux_socket,
      CODEXDASH_PORT: "0",
      ...more,
    };
  }

  /** Runs tmux on the private server and returns its output; throws when tmux says no. */
  async tmux(...args: string[]): Promise<string> {
    const result = await tmux(this.tmux_socket, ["-f", "/dev/null", ...args]);
    if (!result.ok) throw new Error(`tmux ${args.join(" ")}: ${result.stderr}`);
    return result.stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await tmux(this.tmux_socket, ["kill-server"]).catch(() => {});
    await Deno.remove(this.dir, { recursive: true }).catch(() => {});
  }
}
