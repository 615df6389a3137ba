/**
 * The source `daemon`: what Codex's own daemons say of their threads, a connection for each
 * CODEX_HOME. They are told of every change at once, approvals too (codex.md §10), so no other tier
 * knows better; without one only this tier is missing. Nothing here starts, stops or answers one.
 */
import { log } from "../log.ts";
import type { Change, SourceHealth, ThreadStatus, ThreadStatusEvent } from "../wire.ts";
import { DaemonHome } from "./daemon_home.ts";
import type { Batch, Source } from "./source.ts";

export interface DaemonOptions {
  /** Every CODEX_HOME whose sessions are followed. */
  homes: readonly string[];
  /** Whether a thread's session file has been seen: what is said before that would be lost. */
  is_known(thread_id: string): boolean;
  /** Threads with a status that was said before this start. */
  stated: readonly string[];
}

export class Daemon implements Source {
  readonly name = "daemon";
  readonly #options: DaemonOptions;
  readonly #homes: readonly DaemonHome[];
  #emit: ((batch: Batch) => void) | undefined;
  #stopped = false;
  #last_ts: number | null = null;

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#homes = options.homes.map((home) =>
      new DaemonHome({
        home,
        on_status: (thread_id, status, ts) => this.#tell([{ thread_id, status, ts }]),
      })
    );
  }

  async start(emit: (batch: Batch) => void): Promise<void> {
    this.#emit = emit;
    const ts = Date.now();
    this.#tell(this.#options.stated.map((thread_id) => ({ thread_id, status: null, ts })));
    await Promise.all(this.#homes.map((home) => home.start()));
  }

  /** What was said stays as it is: the next start takes it back. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#emit = undefined;
    await Promise.all(this.#homes.map((home) => home.stop()));
  }

  health(): SourceHealth {
    const problem = this.#homes.map((home) => home.problem).find((text) => text !== null) ?? null;
    const connected = this.#homes.some((home) => home.connected);
    return {
      source: this.name,
      state: this.#stopped ? "stopped" : connected ? "live" : "waiting",
      detail: problem ??
        (connected ? null : "No Codex daemon is running: states come from files and screens"),
      lag_bytes: null,
      bad_lines: 0,
      last_ts: this.#last_ts,
    };
  }

  /** Looks at what was just committed: a thread that is new may have a status already. */
  see(change: Change): void {
    const threads = change.events.filter(({ type }) => type === "thread")
      .map((event) => event["thread_id"]).filter((id) => typeof id === "string");
    if (threads.length === 0) return;
    setTimeout(() => {
      const ts = Date.now();
      this.#tell(threads.flatMap((thread_id) => {
        const status = this.#homes.map((home) => home.statusOf(thread_id)).find((known) => known);
        return status ? [{ thread_id, status, ts }] : [];
      }));
    }, 0);
  }

  #tell(news: { thread_id: string; status: ThreadStatus | null; ts: number }[]): void {
    const events = news.filter(({ thread_id }) => this.#options.is_known(thread_id))
      .map((said): ThreadStatusEvent => ({ type: "thread_status", ...said }));
    if (events.length === 0 || !this.#emit) return;
    try {
      this.#emit({ kind: "events", source: this.name, events, cursor: null });
      this.#last_ts = Date.now();
    } catch (error) {
      log.error("a thread's status could not be stored", { cause: error });
    }
  }
}
