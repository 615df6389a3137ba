/**
 * Stays attached to one tmux session for as long as it exists and hears when it comes (back): the
 * server or the session may be missing at first, die, be killed and made again. Nothing here polls:
 * the socket's folder is watched while there is no server, and a client that is attached to nothing
 * (`wait-for` a channel that nobody signals) hears `%sessions-changed` while there is no session.
 */
import { basename, dirname } from "node:path";
import { errorText } from "../error.ts";
import { log } from "../log.ts";
import type { TmuxSocket } from "../tmux/command.ts";
import { ControlClient } from "../tmux/control.ts";
import { ChangeWatch } from "./change_watch.ts";
import { fileId } from "./file_identity.ts";

export type LinkState = "starting" | "attached" | "no_tmux" | "no_server" | "no_session";

export interface LinkOptions {
  socket: TmuxSocket;
  socket_path: string;
  session: string;
  /** Called with every new client and the session's id (`$0`). Must not throw. */
  on_attached(client: ControlClient, session_id: string): Promise<void>;
  /** The client is gone; whether the session is too shows at the next attempt, at once. */
  on_detached(): void;
  /** There is no such session now, or no server. Called again after each vain attempt. */
  on_absent(): void;
  on_output(pane_id: string, escaped: Uint8Array): void;
  on_notification(name: string, rest: string): void;
}

/**
 * Attempts without news start here and double up to the longest: a new server's socket exists a moment
 * before the server answers, and a socket that a killed server left behind answers never. Half a
 * minute is one short process that nobody notices.
 */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;
/**
 * A socket elsewhere than in tmux's own folder is looked for instead: who watches a folder opens
 * whatever changes in it, also databases and pipes (see `ChangeWatch`).
 */
const LOOK_MS = 1_000;
/**
 * How long sessions must have been left alone before a client comes. tmux up to 3.5a dies when it
 * notifies of a change while a control client is still saying who it is (tmux/tmux#4980; seen in 1 of
 * 25 renames), and changes come in bursts.
 */
const CHANGE_SETTLE_MS = 250;

/**
 * Read-only, without a size, and without our environment (-E): nothing that this client shows or hears
 * changes what it watches.
 */
const ATTACH = ["attach-session", "-E", "-f", "read-only,ignore-size", "-t"];

export class SessionLink {
  readonly #options: LinkOptions;
  readonly #folder: ChangeWatch;
  #state: LinkState = "starting";
  #client: ControlClient | undefined;
  #waiter: ControlClient | undefined;
  /** Whether the waiting client is up, so that no retry is needed. */
  #hears = false;
  /** Which socket the last attempt met: only another one is news. */
  #met = "";
  /** Before that time the same socket is not tried again. */
  #next_try = 0;
  /** When sessions or the server were last heard to change, by `performance.now()`. */
  #changed_at = -Infinity;
  #watches = false;
  #news = Promise.withResolvers<void>();
  #retry_ms = FIRST_RETRY_MS;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#folder = new ChangeWatch(() => {
      if (this.#state !== "attached") this.#lookAtSocket();
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Resolves when it is attached, or knows that there is nothing to attach to yet. */
  start(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#running = this.#run(first.resolve);
    return first.promise;
  }

  /** Resolves when no process and no watch of ours is left. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#news.resolve();
    await Promise.all([this.#client?.close(), this.#stopWaiter()]);
    await this.#running;
    await this.#folder.close();
  }

  async #run(on_first: () => void): Promise<void> {
    while (!this.#stopped) {
      await this.#settle();
      const attached = await this.#attach();
      if (attached) {
        await this.#stopWaiter();
        this.#retry_ms = FIRST_RETRY_MS;
        this.#next_try = 0;
        await this.#options.on_attached(attached.client, attached.session_id);
        on_first();
        await attached.client.ended;
        this.#client = undefined;
        this.#state = "starting";
        this.#options.on_detached();
        this.#changed_at = performance.now();
      } else {
        // What came before we heard of news has to be looked for; only then is it truly absent.
        if (await this.#listen()) continue;
        if (this.#stopped) break;
        if (this.#state !== "no_tmux") this.#options.on_absent();
        on_first();
        await this.#pause();
      }
    }
    on_first();
  }

  /** A client that is attached to the session of exactly this name, or undefined. */
  async #attach(): Promise<{ client: ControlClient; session_id: string } | undefined> {
    const { socket, socket_path, session } = this.#options;
    const socket_id = socketId(socket_path);
    if (socket_id === "") {
      this.#met = "";
      this.#state = "no_server";
      return undefined;
    }
    if (socket_id === this.#met && performance.now() < this.#next_try) return undefined;
    this.#met = socket_id;
    this.#next_try = performance.now() + this.#retry_ms;
    const arrived = Promise.withResolvers<string>();
    let session_id: string | undefined;
    let client: ControlClient;
    try {
      client = new ControlClient({
        socket,
        words: [...ATTACH, `=${session}`],
        on_output: this.#options.on_output,
        on_notification: (name, rest) => {
          const space = rest.indexOf(" ");
          const id = rest.slice(0, space);
          if (name === "session-changed") {
            // tmux moves us on when the session is killed and detach-on-destroy is off.
            if (session_id !== undefined && id !== session_id) return void client.close();
            arrived.resolve(session_id = id);
          } else if (name === "session-renamed" && id === session_id) {
            if (rest.slice(space + 1) !== session) return void client.close();
          }
          this.#options.on_notification(name, rest);
        },
      });
    } catch (error) {
      this.#state = "no_tmux";
      log.warn("tmux could not be run", { cause: errorText(error) });
      return undefined;
    }
    this.#client = client;
    if (await client.ready && !this.#stopped) {
      const id = await Promise.race([arrived.promise, client.ended.then(() => undefined)]);
      if (id !== undefined) {
        this.#state = "attached";
        return { client, session_id: id };
      }
    }
    await client.close();
    this.#client = undefined;
    // A server refuses in a block; only where none answers does tmux itself complain.
    this.#state = await client.ended === "" ? "no_session" : "no_server";
    return undefined;
  }

  /** Sees to it that news will be heard; true when some may have come before: then look once more. */
  async #listen(): Promise<boolean> {
    if (this.#stopped) return false;
    if (this.#state === "no_session") return !this.#waiter && await this.#startWaiter();
    const folder = dirname(this.#options.socket_path);
    if (/^tmux-\d+$/.test(basename(folder))) {
      try {
        // As tmux itself makes it, whatever it is asked first.
        if (socketId(folder) === "") Deno.mkdirSync(folder, { mode: 0o700 });
        await this.#folder.watch([folder]);
        this.#watches = true;
      } catch (error) {
        this.#watches = false;
        log.debug("tmux socket folder could not be watched", { folder, cause: errorText(error) });
      }
    }
    return this.#lookAtSocket();
  }

  /** Resolves with whether the waiting client is up: from then on it hears of every session. */
  async #startWaiter(): Promise<boolean> {
    let waiter: ControlClient;
    try {
      waiter = new ControlClient({
        socket: this.#options.socket,
        words: ["wait-for", `codexdash-${crypto.randomUUID()}`],
        on_notification: (name) => {
          if (name === "sessions-changed" || name === "session-renamed") this.#heard();
        },
      });
    } catch (error) {
      log.warn("tmux could not be run", { cause: errorText(error) });
      return false;
    }
    this.#waiter = waiter;
    waiter.ended.then(() => {
      if (this.#waiter !== waiter) return;
      this.#waiter = undefined;
      if (this.#hears) this.#heard();
      this.#hears = false;
    });
    if (!await waiter.ready || this.#waiter !== waiter) return false;
    this.#next_try = 0;
    return this.#hears = true;
  }

  async #stopWaiter(): Promise<void> {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    this.#hears = false;
    await waiter?.close();
  }

  /** Whether the server's socket is another one than at the last attempt. */
  #lookAtSocket(): boolean {
    if (this.#waiter || socketId(this.#options.socket_path) === this.#met) return false;
    this.#heard();
    return true;
  }

  #heard(): void {
    this.#changed_at = performance.now();
    this.#retry_ms = FIRST_RETRY_MS;
    this.#next_try = 0;
    this.#news.resolve();
  }

  /** Waits until nothing has changed for a while. */
  async #settle(): Promise<void> {
    for (;;) {
      const wait = this.#changed_at + CHANGE_SETTLE_MS - performance.now();
      if (wait <= 0 || this.#stopped) return;
      await new Promise((done) => setTimeout(done, wait));
    }
  }

  /** Waits for news, or for the time to look again. */
  async #pause(): Promise<void> {
    const wait = this.#watches ? this.#retry_ms : Math.min(this.#retry_ms, LOOK_MS);
    const timer = this.#hears ? undefined : setTimeout(this.#news.resolve, wait);
    this.#retry_ms = Math.min(this.#retry_ms * 2, LONGEST_RETRY_MS);
    await this.#news.promise;
    clearTimeout(timer);
    this.#lookAtSocket();
    if (!this.#stopped) this.#news = Promise.withResolvers();
  }
}

/** Which file is at `path`, "" for none: a socket made again is another one. */
function socketId(path: string): string {
  try {
    return fileId(Deno.statSync(path));
  } catch {
    return "";
  }
}
