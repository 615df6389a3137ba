/**
 * `WS /ws/live`, for our own page, and `WS /ws/events`, the old server's flat stream. What clients
 * say is ignored: everything they may do goes through HTTP.
 */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { CodexdashError } from "../error.ts";
import { readSnapshot } from "../store/snapshot.ts";
import { type LiveMessage, PROTOCOL_VERSION, type WireEvent } from "../wire.ts";
import { Audience, CLOSE_MISMATCH, type Stream } from "./audience.ts";
import type { AppDeps } from "./deps.ts";
import { answerInvalid, errorResponse, refuse } from "./errors.ts";
import { wholeNumber } from "./params.ts";

/**
 * A client that says nothing for so long is pinged, and closed when it does not answer: a machine
 * that lost its network never says goodbye.
 */
const IDLE_TIMEOUT_S = 30;

const since = wholeNumber({
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  description: "the newest seq that the client has; events after it come first",
});

const responses = {
  101: { description: "A WebSocket" },
  403: errorResponse("The request comes from another site's page"),
  422: errorResponse("A number that is none"),
  426: errorResponse("Not a WebSocket request"),
  503: errorResponse("Too many clients"),
};

const live_route = createRoute({
  method: "get",
  path: "/ws/live",
  summary: "Everything that our page shows, as JSON text frames",
  description:
    "In order: hello; with since, the missed events as changes; snapshot; then changes, " +
    "screen, sources and usage. Closed with 4001: another protocol version, reload. Closed with 4002: too " +
    "slow, come back with since.",
  request: {
    query: z.object({
      since,
      protocol: wholeNumber({
        min: 0,
        max: Number.MAX_SAFE_INTEGER,
        description: "the protocol version that the client speaks",
      }),
    }),
  },
  responses,
});

const events_route = createRoute({
  method: "get",
  path: "/ws/events",
  summary: "One event a text frame, with no greeting",
  description: "Closed with 4002: too slow, come back with since.",
  request: { query: z.object({ since }) },
  responses,
});

export function sockets(deps: AppDeps): OpenAPIHono {
  const live = new Audience(liveStream(deps), deps);
  const events = new Audience(EVENT_STREAM, deps);
  const hello = encode({
    type: "hello",
    protocol_version: PROTOCOL_VERSION,
    server_version: deps.version,
  });
  return new OpenAPIHono({ defaultHook: answerInvalid })
    .openapi(live_route, (c) => {
      const { since, protocol = PROTOCOL_VERSION } = c.req.valid("query");
      return upgrade(c, live, (socket) => {
        socket.send(hello);
        if (protocol === PROTOCOL_VERSION) live.take(socket, since);
        else socket.close(CLOSE_MISMATCH, "Another protocol version: reload");
      });
    })
    .openapi(events_route, (c) => {
      const { since } = c.req.valid("query");
      return upgrade(c, events, (socket) => events.take(socket, since));
    });
}

function upgrade(c: Context, audience: Audience, onOpen: (socket: WebSocket) => void): Response {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    return refuse(c, {
      code: "upgrade_required",
      message: "Cannot answer without a WebSocket: connect with a WebSocket client",
      headers: { connection: "upgrade", upgrade: "websocket" },
    });
  }
  if (audience.isFull) {
    throw new CodexdashError("unavailable", "Cannot take another client: close some pages first");
  }
  let upgraded: Deno.WebSocketUpgrade;
  try {
    upgraded = Deno.upgradeWebSocket(c.req.raw, { idleTimeout: IDLE_TIMEOUT_S });
  } catch (error) {
    throw new CodexdashError("invalid", "Cannot open a WebSocket: its handshake is incomplete", {
      cause: error,
    });
  }
  upgraded.socket.onopen = () => onOpen(upgraded.socket);
  return upgraded.response;
}

function liveStream({ store, hub }: AppDeps): Stream {
  return {
    greet: () => [encode({
      type: "snapshot",
      ts: Date.now(),
      ...readSnapshot(store),
      screens: hub.screens(),
      sources: hub.sources(),
      usage: hub.usage(),
    })],
    missed: (events) => [
      encode({
        type: "changes",
        seq: events.at(-1)?.seq ?? 0,
        events: events.map(withoutItem),
        agents: [],
        jobs: [],
      }),
    ],
    subscriber: (send) => ({
      onChange: ({ events, ...rows }) =>
        send(() => [encode({ type: "changes", events: events.map(withoutItem), ...rows })]),
      onScreen: (screen) => send(() => [encode({ type: "screen", screen })]),
      onSources: (sources) => send(() => [encode({ type: "sources", sources })]),
      onUsage: (usage) => send(() => [encode({ type: "usage", usage })]),
    }),
  };
}

/**
 * Items of transcripts are long, and most pages show none: they are told that there is one and of
 * which turn, and ask for those that they show.
 */
function withoutItem(event: WireEvent): WireEvent {
  if (event.type !== "turn_item") return event;
  const { id, seq, ts, type, session, agent, pane_id, window_name, job_id } = event;
  const { thread_id, turn_id } = event;
  return {
    id,
    seq,
    ts,
    type,
    session,
    agent,
    pane_id,
    window_name,
    job_id,
    thread_id,
    turn_id,
  };
}

const EVENT_STREAM: Stream = {
  greet: () => [],
  missed: (events) => events.map((event) => JSON.stringify(event)),
  subscriber: (send) => ({
    onChange: ({ events }) => send(() => events.map((event) => JSON.stringify(event))),
  }),
};

function encode(message: LiveMessage): string {
  return JSON.stringify(message);
}
