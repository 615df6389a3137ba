/** Clients of a WebSocket: one that takes everything, and one that takes nothing until told to. */
import { retryUntil } from "./retry.ts";

/** Keeps every text that it is sent. */
export class SocketClient implements AsyncDisposable {
  readonly texts: string[] = [];
  readonly closed: Promise<CloseEvent>;
  readonly #socket: WebSocket;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => this.texts.push(String(data));
    this.closed = new Promise((resolve) => this.#socket.onclose = resolve);
  }

  /** Messages so far, parsed. The caller names their type. */
  messages<T>(): T[] {
    return this.texts.map((text) => JSON.parse(text) as T);
  }

  async opened(): Promise<this> {
    await retryUntil("the socket opened", () => this.#socket.readyState === WebSocket.OPEN);
    return this;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

/** What a server sent before it closed, or all that there is. */
export interface Frames {
  texts: string[];
  close_code: number | undefined;
}

/** Opens a WebSocket by hand and leaves what the server sends in the kernel's buffers. */
export class SleepingClient implements Disposable {
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect(url: string): Promise<SleepingClient> {
    const { hostname, port, host, pathname, search } = new URL(url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const lines = [
      `GET ${pathname}${search} HTTP/1.1`,
      `host: ${host}`,
      "connection: upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    let head = "";
    const byte = new Uint8Array(1);
    while (!head.endsWith("\r\n\r\n")) {
      if (await connection.read(byte) === null) throw new Error(`The server closed after ${head}`);
      head += String.fromCharCode(byte[0]!);
    }
    if (!head.startsWith("HTTP/1.1 101 ")) {
      connection.close();
      throw new Error(`The server answered ${head}`);
    }
    return new SleepingClient(connection);
  }

  /** Reads everything up to the server's close frame. */
  async wake(): Promise<Frames> {
    const frames: Frames = { texts: [], close_code: undefined };
    let bytes = new Uint8Array();
    const chunk = new Uint8Array(1 << 20);
    for (;;) {
      const count = await this.#connection.read(chunk);
      if (count === null) return frames;
      bytes = concat(bytes, chunk.subarray(0, count));
      bytes = takeFrames(bytes, frames);
      if (frames.close_code !== undefined) return frames;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

function concat(a: Uint8Array<ArrayBuffer>, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Takes whole frames of a server (RFC 6455 §5.2: unmasked) off the front and returns the rest. */
function takeFrames(bytes: Uint8Array<ArrayBuffer>, frames: Frames): Uint8Array<ArrayBuffer> {
  let at = 0;
  for (;;) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    if (view.byteLength < 10) break;
    const opcode = view.getUint8(0) & 0x0f;
    const short = view.getUint8(1);
    const [head, length] = short === 127
      ? [10, Number(view.getBigUint64(2))]
      : short === 126
      ? [4, view.getUint16(2)]
      : [2, short];
    if (view.byteLength < head + length) break;
    const payload = bytes.subarray(at + head, at + head + length);
    if (opcode === 1) frames.texts.push(new TextDecoder().decode(payload));
    if (opcode === 8) {
      frames.close_code = view.getUint16(head);
      break;
    }
    at += head + length;
  }
  return bytes.slice(at);
}
