/**
 * The source `pane_threads`: when a thread without an agent starts a turn, looks which pane runs it.
 * First the lock that the pane's process holds, then a thread id in the pane's title; markers are the
 * fold's business. Never by working folder: all agents can share one. What cannot be told stays
 * unmapped, and is shown as that.
 */
import { log } from "../log.ts";
import type { TmuxSocket } from "../tmux/command.ts";
import { type AgentPane, listAgents } from "../tmux/panes.ts";
import type { Change, SourceHealth, ThreadMappedEvent } from "../wire.ts";
import { heldThreads } from "./process_threads.ts";
import type { Batch, Source } from "./source.ts";

export interface PaneThreadsOptions {
  socket: TmuxSocket;
  session: string;
  /** Whether a thread has an agent, or is one that no pane can have. */
  is_settled(thread_id: string): boolean;
}

/** `Ready | 01a1fbd6-e165-7a23-bea1-55f57...`: Codex cuts the id to 29 characters (codex.md §3). */
const TITLE_ID = /\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{5,12})/;

export class PaneThreads implements Source {
  readonly name = "pane_threads";
  readonly #options: PaneThreadsOptions;
  readonly #wanted = new Set<string>();
  #emit: ((batch: Batch) => void) | undefined;
  #looking: Promise<void> | undefined;
  #last_ts: number | null = null;

  constructor(options: PaneThreadsOptions) {
    this.#options = options;
  }

  start(emit: (batch: Batch) => void): Promise<void> {
    this.#emit = emit;
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#emit = undefined;
    await this.#looking;
  }

  health(): SourceHealth {
    return {
      source: this.name,
      state: this.#emit ? "live" : "stopped",
      detail: null,
      lag_bytes: null,
      bad_lines: 0,
      last_ts: this.#last_ts,
    };
  }

  /** Looks at what was just committed; to be called with every change. */
  see(change: Change): void {
    for (const event of change.events) {
      if (event.type !== "turn_started" || !isLive(event.ts)) continue;
      const thread_id = event["thread_id"];
      if (typeof thread_id !== "string" || this.#options.is_settled(thread_id)) continue;
      this.#wanted.add(thread_id);
    }
    if (this.#wanted.size > 0 && this.#emit) {
      this.#looking ??= this.#look().finally(() => this.#looking = undefined);
    }
  }

  async #look(): Promise<void> {
    while (this.#wanted.size > 0 && this.#emit) {
      const wanted = [...this.#wanted];
      this.#wanted.clear();
      try {
        const panes = await listAgents(this.#options.socket, this.#options.session);
        const events = findThreads(wanted, panes);
        if (events.length === 0) continue;
        this.#emit({ kind: "events", source: this.name, events, cursor: null });
        this.#last_ts = Date.now();
      } catch (error) {
        log.warn("threads were not mapped", { cause: error });
      }
    }
  }
}

/** A pane cannot be asked about the past: turns older than this come from catching up. */
const LIVE_MS = 60_000;

function isLive(ts: number): boolean {
  return Date.now() - ts < LIVE_MS;
}

/** The agents of these threads, as far as their panes tell. */
function findThreads(wanted: readonly string[], panes: readonly AgentPane[]): ThreadMappedEvent[] {
  const ts = Date.now();
  const seen = panes.filter((pane) => !pane.pane_dead).map((pane) => ({
    pane,
    held: heldThreads(pane.pane_pid),
    titled: TITLE_ID.exec(pane.pane_title)?.[1],
  }));
  return wanted.flatMap((thread_id) => {
    const lock = seen.find(({ held }) => held.has(thread_id));
    const title = seen.find(({ titled }) => titled && thread_id.startsWith(titled));
    const found = lock ?? title;
    if (!found) return [];
    const { agent, pane_id, session, window_name } = found.pane;
    const via = lock ? "lock" as const : "title" as const;
    return [
      { type: "thread_mapped", ts, thread_id, agent, pane_id, session, window_name, via } as const,
    ];
  });
}
