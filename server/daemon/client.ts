/**
 * One connection to Codex's own daemon: JSON-RPC, one message a WebSocket frame, over the unix socket
 * in `$CODEX_HOME` (codex.md §10, REC app-server-subscribed.jsonl). It never starts or stops a daemon,
 * and leaves every request alone that it was not told to answer. Experimental upstream: whatever is
 * unknown is passed over.
 */
import { type DaemonMessage, parseDaemonMessage } from "../codex/daemon_message.ts";
import { CodexdashError, errorText } from "../error.ts";
import { VERSION } from "../version.ts";

export interface DaemonOptions {
  /** Path of the socket, or of a link to it. */
  path: string;
  /** Notifications, and requests that the daemon makes of its clients. */
  on_message?(message: Exclude<DaemonMessage, { kind: "reply" }>): void;
  /** Ends the connection, also while it is still being made. */
  signal?: AbortSignal;
}

interface Asked {
  method: string;
  reply: PromiseWithResolvers<unknown>;
  timer: ReturnType<typeof setTimeout>;
}

/** A daemon on a busy Pi may take its time; one that hangs must not hold up who asked. */
const ANSWER_MS = 10_000;

export class DaemonClient {
  readonly #socket: WebSocket;
  readonly #asked = new Map<number, Asked>();
  readonly #ended = Promise.withResolvers<void>();
  #next_id = 0;

  /** Resolves when the connection is over, whoever ended it. Never rejects. */
  readonly ended: Promise<void> = this.#ended.promise;

  private constructor(socket: WebSocket, options: DaemonOptions) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const message = typeof data === "string" ? parseDaemonMessage(data) : undefined;
      if (message?.kind === "reply") this.#answered(message);
      else if (message) options.on_message?.(message);
    };
    socket.onclose = () => this.#over();
    socket.onerror = () => this.#over();
  }

  /**
   * Connects and introduces itself. Throws `CodexdashError` "unavailable" when nobody answers there,
   * the socket is another user's, or this Deno cannot speak WebSocket over unix sockets (before 2.5).
   */
  static async connect(options: DaemonOptions): Promise<DaemonClient> {
    const { uid } = await Deno.stat(options.path).catch((cause) => {
      throw unavailable(options.path, errorText(cause), cause);
    });
    if (uid !== Deno.uid()) throw unavailable(options.path, "it belongs to another user");
    const client = new DaemonClient(await openSocket(options), options);
    options.signal?.addEventListener("abort", () => client.close());
    try {
      await client.ask("initialize", {
        clientInfo: { name: "codexdash", title: "CodexDash", version: VERSION },
        capabilities: { experimentalApi: true },
      });
    } catch (error) {
      client.close();
      throw error;
    }
    client.#send({ method: "initialized" });
    return client;
  }

  /**
   * Asks and resolves with the result. Throws `CodexdashError` "refused" with the daemon's own words,
   * "unavailable" when the connection ends or no answer comes within 10 s.
   */
  ask(method: string, params: Record<string, unknown>): Promise<unknown> {
    const id = this.#next_id++;
    const reply = Promise.withResolvers<unknown>();
    if (this.#socket.readyState !== WebSocket.OPEN) {
      reply.reject(notAnswered(method, "the connection is over"));
      return reply.promise;
    }
    const timer = setTimeout(
      () =>
        this.#take(id)?.reply.reject(notAnswered(method, `nothing came in ${ANSWER_MS / 1000} s`)),
      ANSWER_MS,
    );
    this.#asked.set(id, { method, reply, timer });
    this.#send({ id, method, params });
    return reply.promise;
  }

  /** Answers a request of the daemon's; false when the connection is over. */
  answer(id: number | string, result: Record<string, unknown>): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#send({ id, result });
    return true;
  }

  close(): void {
    this.#over();
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close();
  }

  #send(message: Record<string, unknown>): void {
    this.#socket.send(JSON.stringify(message));
  }

  #answered(message: Extract<DaemonMessage, { kind: "reply" }>): void {
    const asked = this.#take(message.id);
    if (!asked) return;
    if (message.error === null) asked.reply.resolve(message.result);
    else {
      asked.reply.reject(
        new CodexdashError("refused", `Codex's daemon refused ${asked.method}: ${message.error}`),
      );
    }
  }

  #take(id: number | string): Asked | undefined {
    const asked = typeof id === "number" ? this.#asked.get(id) : undefined;
    if (!asked) return undefined;
    this.#asked.delete(id as number);
    clearTimeout(asked.timer);
    return asked;
  }

  #over(): void {
    for (const id of [...this.#asked.keys()]) {
      const asked = this.#take(id);
      asked?.reply.reject(notAnswered(asked.method, "the connection ended"));
    }
    this.#ended.resolve();
  }
}

/** Deno's own constructor: the DOM's types, which the islands need, hide its second argument. */
const UnixWebSocket = WebSocket as unknown as new (
  url: string,
  options: { client: Deno.HttpClient },
) => WebSocket;

function openSocket({ path, signal }: DaemonOptions): Promise<WebSocket> {
  const opened = Promise.withResolvers<WebSocket>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    using http = Deno.createHttpClient({ proxy: { transport: "unix", path } });
    const socket = new UnixWebSocket("ws://localhost/", { client: http });
    const fail = (reason: string) => opened.reject(unavailable(path, reason));
    const giveUp = (reason: string) => {
      fail(reason);
      socket.close();
    };
    timer = setTimeout(() => giveUp("nothing came in time"), ANSWER_MS);
    signal?.addEventListener("abort", () => giveUp("it is not waited for"));
    socket.onopen = () => opened.resolve(socket);
    socket.onerror = (event) => fail(event instanceof ErrorEvent ? event.message : "no answer");
    socket.onclose = () => fail("it hung up");
  } catch (error) {
    opened.reject(unavailable(path, errorText(error), error));
  }
  return opened.promise.finally(() => clearTimeout(timer));
}

function unavailable(path: string, reason: string, cause?: unknown): CodexdashError {
  return new CodexdashError("unavailable", `Cannot reach Codex's daemon at ${path}: ${reason}`, {
    cause,
  });
}

function notAnswered(method: string, reason: string): CodexdashError {
  return new CodexdashError("unavailable", `Codex's daemon did not answer ${method}: ${reason}`);
}
