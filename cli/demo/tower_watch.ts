/** A client of the demo's own server, as a browser is one: it knows every agent's and job's row. */
import type { AgentRow, JobRow, LiveMessage } from "../../server/wire.ts";

export class TowerWatch {
  readonly agents = new Map<string, AgentRow>();
  readonly jobs = new Map<string, JobRow>();
  readonly #socket: WebSocket;
  readonly #listeners = new Set<() => void>();

  constructor(url: string) {
    this.#socket = new WebSocket(new URL("/ws/live", url.replace(/^http/, "ws")));
    this.#socket.onmessage = ({ data }) => this.#take(JSON.parse(String(data)));
  }

  /** Calls `listener` after every change. Returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves once `condition` holds; rejects with `stop`'s reason when that comes first. */
  async until(condition: () => boolean, stop: AbortSignal): Promise<void> {
    stop.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const check = () => condition() && resolve();
    const stopped = () => reject(stop.reason);
    const unsubscribe = this.subscribe(check);
    stop.addEventListener("abort", stopped);
    check();
    await promise.finally(() => {
      unsubscribe();
      stop.removeEventListener("abort", stopped);
    });
  }

  close(): void {
    this.#socket.close();
  }

  #take(message: LiveMessage): void {
    if (message.type !== "snapshot" && message.type !== "changes") return;
    for (const row of message.agents) this.agents.set(row.agent, row);
    for (const row of message.jobs) this.jobs.set(row.job_id, row);
    for (const listener of [...this.#listeners]) listener();
  }
}
