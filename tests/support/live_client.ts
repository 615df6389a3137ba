/**
 * A client of `/ws/live` as the page is one: it folds what it is told into rows, remembers what it was
 * told in order, and notices a gap or a double in `seq` by itself.
 */
import type { AgentRow, JobRow, LiveMessage, ScreenRow, WireEvent } from "../../server/wire.ts";

export class LiveClient implements AsyncDisposable {
  readonly messages: LiveMessage[] = [];
  /** Events in the order in which they were told. */
  readonly events: WireEvent[] = [];
  /** When each of `events` arrived, by `performance.now()`. */
  readonly arrivals: number[] = [];
  readonly agents = new Map<string, AgentRow>();
  readonly jobs = new Map<string, JobRow>();
  readonly screens = new Map<string, ScreenRow>();
  /** The newest `seq`: what a client that comes back gives as `since`. */
  seq = -1;
  /** Broken promises about `seq`, in words. */
  readonly faults: string[] = [];
  readonly #rows_seen: (AgentRow | JobRow)[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)));
    this.#socket.onclose = () => this.#wake();
  }

  /** Resolves with the first snapshot. `url` is the server's own, `since` a seq to resume from. */
  static async connect(url: string, since?: number): Promise<LiveClient> {
    const live = new URL("/ws/live", url.replace(/^http/, "ws"));
    if (since !== undefined) live.searchParams.set("since", String(since));
    const client = new LiveClient(live.href);
    if (since !== undefined) client.seq = since;
    await client.until("a snapshot", () => client.messages.some(({ type }) => type === "snapshot"));
    return client;
  }

  /** Calls `probe` now and after every message until it returns something; throws after the time. */
  async until<T>(
    what: string,
    probe: () => T | undefined | null | false,
    timeout_ms = 60_000,
  ): Promise<T> {
    const deadline = performance.now() + timeout_ms;
    for (;;) {
      const found = probe();
      if (found !== undefined && found !== null && found !== false) return found;
      const left = deadline - performance.now();
      if (left <= 0 || this.#socket.readyState === WebSocket.CLOSED) {
        const end = left <= 0 ? `did not happen within ${timeout_ms} ms` : "cannot happen: closed";
        throw new Error(`${what} ${end}; ${this.#summary()}`);
      }
      await this.#nextMessage(left);
    }
  }

  /** When the first event that `matches` arrived, by `performance.now()`; waits for it. */
  async arrival(matches: (event: WireEvent) => boolean, timeout_ms?: number): Promise<number> {
    let looked = 0;
    const index = await this.until("the event", () => {
      const found = this.events.slice(looked).findIndex(matches);
      const place = found < 0 ? undefined : looked + found;
      looked = this.events.length;
      return place;
    }, timeout_ms);
    return this.arrivals[index] ?? 0;
  }

  /** What an agent's status was, one after the other. */
  agentStatuses(agent: string): string[] {
    return this.#changes((row) =>
      "last_seen" in row && row.agent === agent ? row.status : undefined
    );
  }

  /** What a job's status was, one after the other. */
  jobStatuses(job_id: string): string[] {
    return this.#changes((row) =>
      "receipt" in row && row.job_id === job_id ? row.status : undefined
    );
  }

  /** How far a job's delivery was, one after the other. */
  receipts(job_id: string): string[] {
    return this.#changes((row) =>
      "receipt" in row && row.job_id === job_id ? row.receipt : undefined
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = Promise.withResolvers<void>();
    this.#socket.addEventListener("close", () => closed.resolve());
    this.#socket.close();
    await closed.promise;
  }

  #take(message: LiveMessage): void {
    this.messages.push(message);
    switch (message.type) {
      case "hello":
      case "sources":
      case "usage":
        break;
      case "snapshot":
        if (this.seq >= 0 && message.seq !== this.seq) {
          this.faults.push(`snapshot ${message.seq} after ${this.seq}`);
        }
        this.seq = message.seq;
        this.#fold(message.agents, message.jobs);
        for (const screen of message.screens) this.screens.set(screen.agent, screen);
        break;
      case "changes":
        this.#follow(message.events, message.seq);
        this.#fold(message.agents, message.jobs);
        break;
      case "screen":
        this.screens.set(message.screen.agent, message.screen);
        break;
      default:
        message satisfies never;
    }
    this.#wake();
  }

  #follow(events: WireEvent[], seq: number): void {
    const now = performance.now();
    for (const event of events) {
      if (event.seq !== this.seq + 1) this.faults.push(`event ${event.seq} after ${this.seq}`);
      this.seq = event.seq;
      this.events.push(event);
      this.arrivals.push(now);
    }
    if (seq !== this.seq) this.faults.push(`changes up to ${seq} ended at ${this.seq}`);
  }

  #fold(agents: AgentRow[], jobs: JobRow[]): void {
    for (const row of agents) this.agents.set(row.agent, row);
    for (const row of jobs) this.jobs.set(row.job_id, row);
    this.#rows_seen.push(...agents, ...jobs);
  }

  #changes(value: (row: AgentRow | JobRow) => string | undefined): string[] {
    const values = this.#rows_seen.flatMap((row) => value(row) ?? []);
    return values.filter((text, index) => text !== values[index - 1]);
  }

  async #nextMessage(timeout_ms: number): Promise<void> {
    const next = Promise.withResolvers<void>();
    this.#waiting.add(next.resolve);
    const timer = setTimeout(next.resolve, timeout_ms);
    await next.promise;
    clearTimeout(timer);
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** For the message of a wait that failed. */
  #summary(): string {
    const agents = [...this.agents.values()].map((row) =>
      `${row.agent} ${row.status} by ${row.status_source} (${row.status_detail ?? ""})`
    );
    const jobs = [...this.jobs.values()].map((row) =>
      `${row.job_id} ${row.status} ${row.receipt} (${row.status_detail ?? ""})`
    );
    const events = this.events.slice(-12).map((event) => JSON.stringify(event).slice(0, 200));
    return ["it knows", ...agents, ...jobs, "and heard last", ...events].join("\n  ");
  }
}
