/**
 * The page's one WebSocket: connects with the last `seq` that the page has seen, hands messages to
 * the state once per frame, comes back by itself after any break, and notices a connection that died
 * without saying so.
 */
import { batch } from "@preact/signals";
import { type LiveMessage, PROTOCOL_VERSION } from "../server/wire.ts";
import { isServerUp } from "./api.ts";
import { serverNow } from "./clock.ts";
import { apply, as_of_ts, connection, newer_version, seq } from "./state.ts";

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** A laptop that slept has a socket that will never say it is closed: after this silence we ask. */
const SILENCE_MS = 30_000;
/**
 * After this long without a word the page starts from a snapshot instead of from what it missed: a
 * laptop that slept all night would otherwise be sent every event of the night.
 */
const RESUME_MS = 10 * 60_000;
/** A hidden tab gets no frames; without this bound its queue would grow until it is looked at. */
const QUEUE_BOUND = 500;
/** What a server closes with when it speaks another protocol version. */
const CLOSE_MISMATCH = 4001;

let socket: WebSocket | undefined;
let attempts = 0;
let retry_timer: ReturnType<typeof setTimeout> | undefined;
let silence_timer: ReturnType<typeof setTimeout> | undefined;
let queue: LiveMessage[] = [];
let is_scheduled = false;

/** Connects, and stays connected while the page is open. */
export function startLive(): void {
  addEventListener("online", retryNow);
  addEventListener("offline", checkServer);
  document.addEventListener("visibilitychange", () => {
    flush();
    if (!document.hidden) retryNow();
  });
  // A page from the back/forward cache has lost its socket without an event that it could see.
  addEventListener("pageshow", (event) => event.persisted && drop());
  connect();
}

/** Tries at once when offline; asks whether the server is still there when not. */
export function retryNow(): void {
  if (connection.peek() === "offline") connect();
  else if (connection.peek() === "live") checkServer();
}

function connect(): void {
  clearTimeout(retry_timer);
  socket?.close();
  const query = new URLSearchParams({ protocol: String(PROTOCOL_VERSION) });
  if (serverNow() - as_of_ts.peek() < RESUME_MS) query.set("since", String(seq.peek()));
  const url = new URL(`/ws/live?${query}`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const opened = socket = new WebSocket(url);
  opened.onmessage = ({ data }) => {
    if (opened !== socket) return;
    heard();
    take(JSON.parse(String(data)) as LiveMessage);
  };
  opened.onclose = ({ code }) => {
    if (opened !== socket) return;
    if (code === CLOSE_MISMATCH) reloadOnce();
    drop();
  };
  listenForSilence();
}

/** What is shown is known to be true now. */
function heard(): void {
  as_of_ts.value = serverNow();
  listenForSilence();
}

function take(message: LiveMessage): void {
  if (message.type === "hello" && message.protocol_version !== PROTOCOL_VERSION) {
    newer_version.value = message.server_version;
    reloadOnce();
    return drop();
  }
  queue.push(message);
  if (queue.length >= QUEUE_BOUND) flush();
  else if (!is_scheduled) {
    is_scheduled = true;
    if (document.hidden) setTimeout(flush, 250);
    else requestAnimationFrame(flush);
  }
}

function flush(): void {
  is_scheduled = false;
  const messages = queue;
  queue = [];
  batch(() => {
    for (const message of messages) {
      if (message.type === "hello") connection.value = "connecting";
      apply(message);
      if (message.type !== "snapshot") continue;
      attempts = 0;
      connection.value = "live";
    }
  });
}

/** Gives the socket up and says so; what is on the page stays, marked as old. */
function drop(): void {
  flush();
  const last = socket;
  socket = undefined;
  last?.close();
  clearTimeout(silence_timer);
  clearTimeout(retry_timer);
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts++);
  connection.value = "offline";
  // Spread out, so that the pages of a server that comes back do not all come at once.
  retry_timer = setTimeout(connect, longest * (0.5 + Math.random() / 2));
}

function listenForSilence(): void {
  clearTimeout(silence_timer);
  silence_timer = setTimeout(checkServer, SILENCE_MS);
}

async function checkServer(): Promise<void> {
  const asked = socket;
  const is_up = await isServerUp();
  if (!asked || asked !== socket) return;
  if (is_up && asked.readyState === WebSocket.OPEN) heard();
  else drop();
}

/**
 * Reloads for the page of the server's own version. Once a minute at most: a proxy that keeps serving
 * the old page would otherwise make it reload for ever.
 */
function reloadOnce(): void {
  const last = Number(sessionStorage.getItem("reloaded_ts"));
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem("reloaded_ts", String(Date.now()));
  location.reload();
}
