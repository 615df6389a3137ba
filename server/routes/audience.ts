/**
 * Who listens on a socket. Every change is encoded once for all of them; a client that does not keep
 * up is let go and comes back with `since`, so nobody waits for a browser.
 */
import { log } from "../log.ts";
import type { Hub, Subscriber } from "../hub.ts";
import type { Store } from "../store/db.ts";
import { listEventsAfter } from "../store/events.ts";
import type { WireEvent } from "../wire.ts";

/** Closed with it: speaks another protocol version, reload. */
export const CLOSE_MISMATCH = 4001;
/** Closed with it: did not keep up, come back with `since`. */
export const CLOSE_SLOW = 4002;
/** WebSocket's own code for a server that goes away. */
const CLOSE_GOING_AWAY = 1001;

/** WebSocket's own code for a defect of ours. */
const CLOSE_FAILED = 1011;

/**
 * What a client may leave unread. A laptop that sleeps with the page open stays connected, and
 * without a bound everything that happens meanwhile is kept for it; a page that only stutters is at
 * most a few hundred kilobytes behind.
 */
const MOST_BUFFERED_BYTES = 4 * 1024 * 1024;

/**
 * Sockets at a time. Each may hold the bound above, so a program that connects in a loop would
 * otherwise take all memory; a person has a few tabs.
 */
const MOST_CLIENTS = 64;

/** Missed events are read and sent in pages of this many, so that others are served in between. */
const PAGE = 200;
/** A page is sent when less than this is still unsent: enough to keep a fast client busy. */
const READY_BYTES = 256 * 1024;
const DRAIN_POLL_MS = 10;
/** A client that takes nothing for so long while it catches up is gone. */
const STALL_MS = 30_000;

/** One kind of socket: what it sends, and for what. */
export interface Stream {
  /** For a client that has caught up, read in the tick in which it joins. */
  greet(): string[];
  /** For missed events, oldest first. */
  missed(events: WireEvent[]): string[];
  /** For what happens from then on; `send` encodes only when somebody listens. */
  subscriber(send: (encode: () => string[]) => void): Subscriber;
}

interface Client {
  socket: WebSocket;
  /** Unsent bytes at which it is let go: the bound, above what its greeting took. */
  most_bytes: number;
}

interface AudienceDeps {
  store: Store;
  hub: Hub;
  stopping?: AbortSignal | undefined;
}

export class Audience {
  readonly #stream: Stream;
  readonly #store: Store;
  /** Every socket, also those that still catch up. */
  readonly #sockets = new Set<WebSocket>();
  readonly #clients = new Set<Client>();

  constructor(stream: Stream, { store, hub, stopping }: AudienceDeps) {
    this.#stream = stream;
    this.#store = store;
    hub.subscribe(stream.subscriber((encode) => this.#tell(encode)));
    stopping?.addEventListener("abort", () => {
      for (const socket of this.#sockets) socket.close(CLOSE_GOING_AWAY, "The server stopped");
    });
  }

  get isFull(): boolean {
    return this.#sockets.size >= MOST_CLIENTS;
  }

  /**
   * Takes an open socket in: sends what it missed after `since` (undefined: nothing), greets it and
   * from then on tells it everything, with no event twice and none left out.
   */
  take(socket: WebSocket, since: number | undefined): void {
    this.#sockets.add(socket);
    socket.addEventListener("close", () => this.#sockets.delete(socket));
    this.#catchUp(socket, since).catch((error) => {
      log.error("socket failed", { cause: error });
      socket.close(CLOSE_FAILED, "Internal error");
    });
  }

  async #catchUp(socket: WebSocket, since: number | undefined): Promise<void> {
    let seq = since;
    while (socket.readyState === WebSocket.OPEN) {
      const events = seq === undefined ? [] : listEventsAfter(this.#store, { seq, limit: PAGE });
      if (events.length) send(socket, this.#stream.missed(events));
      seq = events.at(-1)?.seq ?? seq;
      // In this tick: nothing can be committed between the last page and joining.
      if (events.length < PAGE) return this.#join(socket);
      await drained(socket);
    }
  }

  #join(socket: WebSocket): void {
    send(socket, this.#stream.greet());
    const client = { socket, most_bytes: socket.bufferedAmount + MOST_BUFFERED_BYTES };
    this.#clients.add(client);
    socket.addEventListener("close", () => this.#clients.delete(client));
  }

  #tell(encode: () => string[]): void {
    if (this.#clients.size === 0) return;
    const texts = encode();
    for (const client of this.#clients) {
      const { socket, most_bytes } = client;
      if (socket.readyState !== WebSocket.OPEN) this.#clients.delete(client);
      else if (socket.bufferedAmount <= most_bytes) send(socket, texts);
      else {
        this.#clients.delete(client);
        socket.close(CLOSE_SLOW, "Too slow: come back with since");
      }
    }
  }
}

function send(socket: WebSocket, texts: string[]): void {
  for (const text of texts) socket.send(text);
}

/** Lets others run, and waits until the client has taken most of what was sent. */
async function drained(socket: WebSocket): Promise<void> {
  let buffered = Infinity;
  let moved = performance.now();
  for (;;) {
    await new Promise((done) => setTimeout(done, buffered === Infinity ? 0 : DRAIN_POLL_MS));
    if (socket.readyState !== WebSocket.OPEN || socket.bufferedAmount < READY_BYTES) return;
    if (socket.bufferedAmount < buffered) moved = performance.now();
    buffered = socket.bufferedAmount;
    if (performance.now() - moved > STALL_MS) {
      return socket.close(CLOSE_SLOW, "Too slow: come back with since");
    }
  }
}
