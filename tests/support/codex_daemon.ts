/**
 * A program that speaks as Codex's daemon does in REC app-server-passive.jsonl, on a real unix socket:
 * for what the real one is not asked to do in a test, like refusing or dying in the middle.
 */
import { dirname } from "node:path";

export interface ListedThread {
  id: string;
  status: unknown;
  ephemeral?: boolean;
}

export class PlayedDaemon implements AsyncDisposable {
  /** Methods that clients called, in order. */
  readonly asked: string[] = [];
  readonly threads: ListedThread[] = [];
  readonly #sockets = new Set<WebSocket>();
  readonly #server: Deno.HttpServer;
  readonly #path: string;

  /** Listens at `path`; with `refuse` it turns every client away in words. */
  constructor(path: string, { refuse = false } = {}) {
    this.#path = path;
    Deno.mkdirSync(dirname(path), { recursive: true });
    this.#server = Deno.serve({ path, onListen: () => {} }, (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onopen = () => this.#sockets.add(socket);
      socket.onclose = () => this.#sockets.delete(socket);
      socket.onmessage = ({ data }) => {
        const { id, method, params } = JSON.parse(data);
        this.asked.push(method);
        if (id === undefined) return;
        const answer = refuse
          ? { id, error: { code: -32600, message: "not today" } }
          : { id, result: this.#result(method, params) };
        socket.send(JSON.stringify(answer));
      };
      return response;
    });
  }

  /** Sends raw text to every client. */
  send(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
  }

  notify(method: string, params: unknown, emittedAtMs = Date.now()): void {
    this.send(JSON.stringify({ method, params, emittedAtMs }));
  }

  status(threadId: string, status: unknown): void {
    this.notify("thread/status/changed", { threadId, status });
  }

  #result(method: string, params: { threadId?: string }): unknown {
    switch (method) {
      case "thread/loaded/list":
        return { data: this.threads.map(({ id }) => id), nextCursor: null };
      case "thread/read":
        return { thread: this.threads.find(({ id }) => id === params.threadId) };
      default:
        return {};
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await this.#server.shutdown();
    await Deno.remove(this.#path).catch(() => {});
  }
}
