/**
 * Tells subscribers what was committed, after the commit, in the same tick. Screens and source
 * health pass through it too: they are state, so the hub keeps the newest of each.
 */
import { errorText } from "./error.ts";
import { log } from "./log.ts";
import type { Change, ScreenRow, SourceHealth, UsageNow, WireEvent } from "./wire.ts";

export interface Subscriber {
  onChange?(change: Change): void;
  onScreen?(screen: ScreenRow): void;
  onSources?(sources: SourceHealth[]): void;
  onUsage?(usage: UsageNow): void;
}

/** Events that can change what was used today, by whom, or a limit. */
const OF_USAGE: ReadonlySet<string> = new Set([
  "usage",
  "compacted",
  "limits",
  "turn_item",
  "thread",
  "thread_mapped",
]);

export class Hub {
  readonly #subscribers = new Set<Subscriber>();
  readonly #screens = new Map<string, ScreenRow>();
  #readSources: () => SourceHealth[] = () => [];
  #told_sources = "";
  #readUsage: () => UsageNow = () => ({ since_ts: 0, agents: [], limits: [] });
  #told_usage = "";
  #usage_since_ts = 0;

  /** Calls back until the returned function is called. Callbacks must not wait for anything. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  publish(change: Change): void {
    for (const agent of change.agents) {
      if (agent.status === "missing") this.#screens.delete(agent.agent);
    }
    if (change.events.length || change.agents.length || change.jobs.length) {
      this.#tell((subscriber) => subscriber.onChange?.(change));
    }
    // History that is caught up on changes nothing of today.
    const is_of_today = ({ type, ts }: WireEvent) =>
      OF_USAGE.has(type) && ts >= this.#usage_since_ts;
    if (change.events.some(is_of_today)) this.#publishUsage();
  }

  publishScreen(screen: ScreenRow): void {
    this.#screens.set(screen.agent, screen);
    this.#tell((subscriber) => subscriber.onScreen?.(screen));
  }

  /** Tells how the sources are when that is not what was told last; how far behind they are is not. */
  publishSources(): void {
    const sources = this.#readSources();
    const told = JSON.stringify(
      sources.map(({ source, state, detail, bad_lines }) => [source, state, detail, bad_lines]),
    );
    if (told === this.#told_sources) return;
    this.#told_sources = told;
    this.#tell((subscriber) => subscriber.onSources?.(sources));
  }

  /** Where source health comes from: it is read when asked for, so it is never old. */
  setSources(read: () => SourceHealth[]): void {
    this.#readSources = read;
  }

  sources(): SourceHealth[] {
    return this.#readSources();
  }

  /** Where usage comes from: it is read when asked for. */
  setUsage(read: () => UsageNow): void {
    this.#readUsage = read;
  }

  usage(): UsageNow {
    const usage = this.#readUsage();
    this.#usage_since_ts = usage.since_ts;
    return usage;
  }

  /** Tells what was used when that is not what was told last; asks nobody while nobody listens. */
  #publishUsage(): void {
    if (![...this.#subscribers].some((subscriber) => subscriber.onUsage)) return;
    const usage = this.usage();
    const told = JSON.stringify(usage);
    if (told === this.#told_usage) return;
    this.#told_usage = told;
    this.#tell((subscriber) => subscriber.onUsage?.(usage));
  }

  /** The newest screen of every agent that has a pane. */
  screens(): ScreenRow[] {
    return [...this.#screens.values()];
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  #tell(call: (subscriber: Subscriber) => void): void {
    for (const subscriber of this.#subscribers) {
      try {
        call(subscriber);
      } catch (error) {
        log.error("subscriber failed", { cause: errorText(error) });
      }
    }
  }
}
