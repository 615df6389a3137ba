/**
 * What the daemon of one CODEX_HOME says its threads do. Comes back by itself when a daemon appears,
 * ends or refuses; says which threads' statuses are no longer known then.
 */
import { join } from "node:path";
import { type DaemonMessage, isHiddenThread, threadStatus } from "../codex/daemon_message.ts";
import { list, record, text } from "../codex/json.ts";
import { DaemonClient } from "../daemon/client.ts";
import { errorText } from "../error.ts";
import { log } from "../log.ts";
import type { ThreadStatus } from "../wire.ts";

export interface DaemonHomeOptions {
  /** The CODEX_HOME. */
  home: string;
  /** A thread's status changed; null when it is no longer known. `ts` is the daemon's own. */
  on_status(thread_id: string, status: ThreadStatus | null, ts: number): void;
}

/** Where the daemon listens: a link into a folder of the user's own (codex.md §2). */
const SOCKET = ["app-server-control", "app-server-control.sock"];

/** No watch tells of a folder that does not exist yet: looked at this often. */
const LOOK_MS = 2_000;
/** A daemon that is there and refuses is asked again less and less often. */
const MOST_PAUSE_MS = 60_000;
/** Threads asked for when a connection begins; a daemon unloads those that rest. */
const MOST_THREADS = 1_000;

export class DaemonHome {
  readonly #options: DaemonHomeOptions;
  readonly #path: string;
  readonly #statuses = new Map<string, ThreadStatus>();
  readonly #hidden = new Set<string>();
  readonly #stopping = new AbortController();
  #client: DaemonClient | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #problem: string | null = null;

  constructor(options: DaemonHomeOptions) {
    this.#options = options;
    this.#path = join(options.home, ...SOCKET);
  }

  /** Resolves when its threads were read, or when it is known that there is no daemon to ask. */
  start(): Promise<void> {
    const known = Promise.withResolvers<void>();
    this.#running = this.#run(known.resolve);
    return known.promise;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopping.abort();
    await this.#running;
  }

  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Why a daemon that is there cannot be heard; null when there is none, or all is well. */
  get problem(): string | null {
    return this.#problem;
  }

  /** What a thread does, as far as a daemon that is heard now says; undefined otherwise. */
  statusOf(thread_id: string): ThreadStatus | undefined {
    return this.#statuses.get(thread_id);
  }

  async #run(known: () => void): Promise<void> {
    let pause = LOOK_MS;
    while (!this.#stopped) {
      if (await exists(this.#path)) {
        try {
          await this.#follow(known);
          pause = LOOK_MS;
          this.#problem = null;
        } catch (error) {
          if (!this.#stopped) this.#note(errorText(error));
          pause = Math.min(MOST_PAUSE_MS, pause * 2);
        }
      } else {
        pause = LOOK_MS;
        this.#problem = null;
      }
      known();
      await this.#rest(pause);
    }
  }

  /** One connection from its beginning to its end. */
  async #follow(known: () => void): Promise<void> {
    const client = await DaemonClient.connect({
      path: this.#path,
      on_message: (message) => this.#take(message),
      signal: this.#stopping.signal,
    });
    if (this.#stopped) return client.close();
    this.#client = client;
    this.#problem = null;
    try {
      await this.#readAll(client);
      known();
      await client.ended;
    } finally {
      client.close();
      this.#client = undefined;
      this.#forgetAll();
    }
  }

  async #readAll(client: DaemonClient): Promise<void> {
    for (const thread_id of await loadedThreads(client)) {
      const read = await client.ask("thread/read", { threadId: thread_id }).catch((error) => {
        // One that was unloaded meanwhile; the connection's own end is noticed by `ended`.
        log.debug("a daemon's thread could not be read", { thread_id, cause: error });
      });
      const thread = record(record(read)?.["thread"]);
      if (!thread) continue;
      if (isHiddenThread(thread)) this.#hidden.add(thread_id);
      // What was told meanwhile is newer than this answer.
      else if (!this.#statuses.has(thread_id)) {
        this.#set(thread_id, threadStatus(thread["status"]), Date.now());
      }
    }
  }

  #take(message: Exclude<DaemonMessage, { kind: "reply" }>): void {
    if (message.kind === "request") return;
    const { method, params, ts } = message;
    switch (method) {
      case "thread/started": {
        const thread = record(params["thread"]);
        const thread_id = text(thread?.["id"]);
        if (thread && thread_id && isHiddenThread(thread)) this.#hidden.add(thread_id);
        break;
      }
      case "thread/status/changed": {
        const thread_id = text(params["threadId"]);
        if (thread_id) this.#set(thread_id, threadStatus(params["status"]), ts ?? Date.now());
        break;
      }
      case "thread/closed": {
        const thread_id = text(params["threadId"]);
        if (thread_id) this.#hidden.delete(thread_id);
        if (thread_id) this.#set(thread_id, null, ts ?? Date.now());
        break;
      }
    }
  }

  #set(thread_id: string, status: ThreadStatus | null, ts: number): void {
    if (this.#hidden.has(thread_id)) return;
    if ((this.#statuses.get(thread_id) ?? null) === status) return;
    if (status === null) this.#statuses.delete(thread_id);
    else this.#statuses.set(thread_id, status);
    this.#options.on_status(thread_id, status, ts);
  }

  #forgetAll(): void {
    for (const thread_id of [...this.#statuses.keys()]) this.#set(thread_id, null, Date.now());
    this.#hidden.clear();
  }

  #note(problem: string): void {
    if (problem !== this.#problem) log.warn("Codex's daemon cannot be heard", { problem });
    this.#problem = problem;
  }

  async #rest(pause_ms: number): Promise<void> {
    if (this.#stopped) return;
    const { signal } = this.#stopping;
    await new Promise<void>((done) => {
      const timer = setTimeout(() => over(), pause_ms);
      const over = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", over);
        done();
      };
      signal.addEventListener("abort", over);
    });
  }
}

/** Ids of what the daemon has in memory: what rests on disk does nothing. */
async function loadedThreads(client: DaemonClient): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = record(await client.ask("thread/loaded/list", { cursor }));
    ids.push(...list(page?.["data"]).filter((id) => typeof id === "string"));
    cursor = text(page?.["nextCursor"]);
  } while (cursor !== null && ids.length < MOST_THREADS);
  return ids;
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
