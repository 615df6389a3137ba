/**
 * Everything of one demo lives in one temporary folder of its user alone: data, CODEX_HOME, the tmux
 * socket. Ending it kills its tmux server, and with it the agents, and removes the folder.
 */
import { join } from "node:path";
import { type Config, loadConfig, SETTINGS } from "../../server/config.ts";
import { tmux } from "../../server/tmux/command.ts";

/** Agents get SIGHUP from tmux; one that just wrote a line can make the folder come back. */
const REMOVE_TRIES = 20;
const REMOVE_PAUSE_MS = 50;

export class DemoFolder {
  readonly dir = Deno.makeTempDirSync({ prefix: "codexdash-demo-" });
  readonly data_dir = join(this.dir, "data");
  readonly codex_home = join(this.dir, "codex");
  readonly socket = join(this.dir, "tmux");
  /** The agents' working folder; the scripted answers speak of such a project. */
  readonly project = join(this.dir, "parcel-tracker");

  constructor() {
    for (const dir of [this.data_dir, this.codex_home, this.project]) {
      Deno.mkdirSync(dir, { mode: 0o700 });
    }
  }

  /** The server's settings: nothing of the user's own but the address and the log level. */
  config(user: Config): Config {
    return loadConfig({
      host: user.host,
      port: `${user.port}`,
      log: user.log,
      "data-dir": this.data_dir,
      "codex-home": this.codex_home,
      "tmux-socket": this.socket,
      driver: "builtin",
    }, { HOME: user.home, PATH: user.path });
  }

  /** For a child or a pane: every setting of the user's own is taken away. */
  env(): Record<string, string> {
    const none = Object.values(SETTINGS).flatMap(({ env }) => env.map((name) => [name, ""]));
    return { ...Object.fromEntries(none), ...this.settings() };
  }

  /** What a shell needs to take part in the demo. */
  settings(): Record<string, string> {
    return {
      CODEXDASH_DIR: this.data_dir,
      CODEXDASH_TMUX_SOCKET: this.socket,
      CODEXDASH_DRIVER: "builtin",
      CODEX_HOME: this.codex_home,
    };
  }

  /** Ends the agents and removes the folder, unless it is to be kept. */
  async end(options: { keep: boolean }): Promise<void> {
    await tmux(this.socket, ["kill-server"]).catch(() => {});
    for (let left = REMOVE_TRIES; !options.keep && left > 0; left--) {
      try {
        await Deno.remove(this.dir, { recursive: true });
        return;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return;
        if (left === 1) throw error;
        await new Promise((done) => setTimeout(done, REMOVE_PAUSE_MS));
      }
    }
  }
}
