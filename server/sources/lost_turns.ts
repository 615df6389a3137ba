/**
 * Finds turns whose end nobody will write: Codex was killed in the middle of them (REC
 * rollout-killed). A closed pane proves nothing, since Codex's daemon goes on without it (codex.md §2);
 * what counts is that no process holds the thread any more.
 */
import { log } from "../log.ts";
import type { TurnLostEvent } from "../wire.ts";
import { abandonedThreads, type ThreadFile } from "./thread_writers.ts";

export interface RunningTurn extends ThreadFile {
  turn_id: string;
}

export interface LostTurnsOptions {
  /** Every turn without an end. */
  running_turns(): RunningTurn[];
  /** Whether the session files are read to their ends. */
  is_read(): boolean;
  tell(events: TurnLostEvent[]): void;
}

/**
 * A thread has to be abandoned for this long: what its process wrote last has been read by then, also
 * when a watch dropped it, and a Codex that is started again has taken it up.
 */
const SETTLE_MS = 2_500;

/** A whole burst of news is one reason to look. */
const SUSPECT_MS = 500;

/** While a turn runs that nothing is heard of. Without any turn nothing is looked at. */
const LOOK_MS = 30_000;

export class LostTurns {
  readonly #options: LostTurnsOptions;
  /** Threads that nobody held the last time, and since when. */
  #abandoned = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = Infinity;
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(options: LostTurnsOptions) {
    this.#options = options;
  }

  /** Something happened that a killed turn can be the reason of. */
  suspect(): void {
    this.#lookIn(SUSPECT_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  #lookIn(ms: number): void {
    const due = performance.now() + ms;
    if (this.#stopped || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#due = Infinity;
      this.#looking ??= this.#look()
        .catch((error) => log.warn("lost turns could not be found", { cause: error }))
        .finally(() => this.#looking = undefined);
    }, ms);
  }

  async #look(): Promise<void> {
    const turns = this.#options.running_turns();
    if (turns.length === 0) {
      this.#abandoned.clear();
      return;
    }
    const now = performance.now();
    const abandoned = await abandonedThreads(turns);
    const since = new Map(
      [...abandoned].map((thread) => [thread, this.#abandoned.get(thread) ?? now]),
    );
    this.#abandoned = since;
    if (this.#stopped) return;
    const is_over = ({ thread_id }: RunningTurn) =>
      now - (since.get(thread_id) ?? now) >= SETTLE_MS;
    const lost = this.#options.is_read() ? turns.filter(is_over) : [];
    if (lost.length > 0) this.#tell(lost);
    const waits = turns.some((turn) => since.has(turn.thread_id) && !lost.includes(turn));
    if (waits) this.#lookIn(SETTLE_MS);
    else if (lost.length < turns.length) this.#lookIn(LOOK_MS);
  }

  /** A turn that was read to its end since the look began is none of them any more. */
  #tell(lost: readonly RunningTurn[]): void {
    const running = new Set(this.#options.running_turns().map(({ turn_id }) => turn_id));
    const ts = Date.now();
    const events = lost.filter(({ turn_id }) => running.has(turn_id)).map((
      { thread_id, turn_id },
    ): TurnLostEvent => ({ type: "turn_lost", ts, thread_id, turn_id }));
    if (events.length > 0) this.#options.tell(events);
  }
}
