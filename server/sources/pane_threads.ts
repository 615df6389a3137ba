/**
 * The source `pane_threads`: which thread each agent's pane runs, and which turns nobody runs any
 * more. It looks when a turn starts and when a title names another thread. First the lock that the
 * pane's process holds, then a thread id in the pane's title; markers are the fold's business. Never by
 * working folder: all agents can share one. What cannot be told stays unmapped, and is shown as that.
 */
import { log } from "../log.ts";
import type { TmuxSocket } from "../tmux/command.ts";
import { type AgentPane, listAgents } from "../tmux/panes.ts";
import type {
  Change,
  EventPayload,
  ScreenRow,
  SourceHealth,
  ThreadMappedEvent,
  TurnLostEvent,
  TurnStartedEvent,
} from "../wire.ts";
import { LostTurns, type RunningTurn } from "./lost_turns.ts";
import { heldThreads } from "./process_threads.ts";
import type { Batch, Source } from "./source.ts";

/** What the store knows; a thread's `agent` is null while it has none. */
export interface ThreadFacts {
  thread_id: string;
  agent: string | null;
  parent_thread_id: string | null;
}

export interface PaneThreadsOptions {
  socket: TmuxSocket;
  session: string;
  find_thread(thread_id: string): ThreadFacts | undefined;
  /** Threads whose ids begin so. */
  find_threads(id_start: string): ThreadFacts[];
  /** The thread that the agent's pane is known to run. */
  present_thread(agent: string): string | null;
  running_turns(): RunningTurn[];
  /** Whether the session files are read to their ends. */
  is_read(): boolean;
}

/** `Ready | 01a1fbd6-e165-7a23-bea1-55f57...`: Codex cuts the id to 29 characters (codex.md §3). */
const TITLE_ID = /\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{5,12})/;

/** A pane cannot be asked about the past: turns older than this come from catching up. */
const LIVE_MS = 60_000;

/** After a title named another thread: the screen that shows it has come by then. */
const AGAIN_MS = 1_000;

export class PaneThreads implements Source {
  readonly name = "pane_threads";
  readonly #options: PaneThreadsOptions;
  readonly #lost: LostTurns;
  /** Threads that began a turn, and which. */
  readonly #wanted = new Map<string, string>();
  /** The thread id in each agent's title when it was looked at last. */
  readonly #titled = new Map<string, string>();
  #look_due = false;
  #again: ReturnType<typeof setTimeout> | undefined;
  #emit: ((batch: Batch) => void) | undefined;
  #looking: Promise<void> | undefined;
  #last_ts: number | null = null;

  constructor(options: PaneThreadsOptions) {
    this.#options = options;
    const { running_turns, is_read } = options;
    this.#lost = new LostTurns({ running_turns, is_read, tell: (events) => this.#tell(events) });
  }

  start(emit: (batch: Batch) => void): Promise<void> {
    this.#emit = emit;
    this.#lost.suspect();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#emit = undefined;
    clearTimeout(this.#again);
    await this.#lost.stop();
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
      switch (event.type) {
        case "turn_started": {
          const { thread_id, turn_id } = event as unknown as TurnStartedEvent;
          if (isLive(event.ts)) this.#wanted.set(thread_id, turn_id);
          this.#lost.suspect();
          break;
        }
        // A pane that is gone, or that shows something else than before.
        case "agent_state":
        case "agent_mapped":
          this.#lost.suspect();
      }
    }
    if (this.#wanted.size > 0) this.#lookSoon();
  }

  /** Looks at an agent's screen; to be called whenever it changed. */
  seeScreen({ agent, title }: Pick<ScreenRow, "agent" | "title">): void {
    const id = TITLE_ID.exec(title)?.[1];
    if (id === undefined || this.#titled.get(agent) === id) return;
    this.#titled.set(agent, id);
    this.#lookSoon();
  }

  #lookSoon(): void {
    this.#look_due = true;
    if (this.#emit) this.#looking ??= this.#look().finally(() => this.#looking = undefined);
  }

  async #look(): Promise<void> {
    while (this.#look_due && this.#emit) {
      this.#look_due = false;
      const wanted = new Map(this.#wanted);
      this.#wanted.clear();
      try {
        const panes = await listAgents(this.#options.socket, this.#options.session);
        const living = panes.filter((pane) => !pane.pane_dead);
        this.#tell(this.#findHeld([...wanted.keys()], living), wanted);
        const titled = this.#findTitled(living);
        this.#tell(titled, wanted);
        if (titled.length > 0) this.#lookAgain();
      } catch (error) {
        log.warn("threads were not mapped", { cause: error });
      }
    }
  }

  /** A title that changed and changed back between two screens is no news of theirs. */
  #lookAgain(): void {
    clearTimeout(this.#again);
    if (this.#emit) this.#again = setTimeout(() => this.#lookSoon(), AGAIN_MS);
  }

  /** Of the threads that began a turn those that a pane's own process holds. */
  #findHeld(wanted: readonly string[], panes: readonly AgentPane[]): ThreadMappedEvent[] {
    const roots = wanted.filter((thread_id) => {
      const thread = this.#options.find_thread(thread_id);
      return thread && thread.parent_thread_id === null;
    });
    if (roots.length === 0) return [];
    const held = panes.map((pane) => ({ pane, threads: heldThreads(pane.pane_pid) }));
    return roots.flatMap((thread_id) => {
      const found = held.find(({ threads }) => threads.has(thread_id));
      return found ? this.#mapping(found.pane, thread_id, "lock") : [];
    });
  }

  /** The threads that titles name; a pane is looked at by its own, whatever else its process holds. */
  #findTitled(panes: readonly AgentPane[]): ThreadMappedEvent[] {
    const named = panes.flatMap((pane) => {
      const id = TITLE_ID.exec(pane.pane_title)?.[1];
      this.#titled.set(pane.agent, id ?? "");
      const threads = id ? this.#options.find_threads(id) : [];
      const [thread] = threads;
      return threads.length === 1 && thread?.parent_thread_id === null ? [{ pane, thread }] : [];
    });
    return named.flatMap(({ pane, thread }) => {
      // Two panes can show one thread of the daemon's: it stays with the agent that had it.
      const shown = named.filter((other) => other.thread.thread_id === thread.thread_id);
      const owner = shown.find((other) => other.pane.agent === thread.agent) ?? shown[0];
      return owner?.pane === pane ? this.#mapping(pane, thread.thread_id, "title") : [];
    });
  }

  /** Nothing where it is known already. */
  #mapping(
    { agent, pane_id, session, window_name }: AgentPane,
    thread_id: string,
    via: ThreadMappedEvent["via"],
  ): ThreadMappedEvent[] {
    const known = this.#options.find_thread(thread_id)?.agent === agent &&
      this.#options.present_thread(agent) === thread_id;
    if (known) return [];
    const head = { ts: Date.now(), agent, pane_id, session, window_name };
    return [{ type: "thread_mapped", ...head, thread_id, via }];
  }

  #tell(found: (ThreadMappedEvent | TurnLostEvent)[], wanted?: ReadonlyMap<string, string>): void {
    if (found.length === 0 || !this.#emit) return;
    const events = found.map((event): EventPayload => (
      { turn_id: wanted?.get(event.thread_id) ?? null, ...event }
    ));
    this.#emit({ kind: "events", source: this.name, events, cursor: null });
    this.#last_ts = Date.now();
  }
}

function isLive(ts: number): boolean {
  return Date.now() - ts < LIVE_MS;
}
