/**
 * The only wiring: opens store, hub, sources and app, and closes them in reverse. A test starts the
 * same program on port 0.
 */
import { createApp } from "./app.ts";
import { allHomes } from "./codex/session_files.ts";
import type { Config } from "./config.ts";
import { dispatch } from "./dispatch/dispatch.ts";
import { createDoctor } from "./doctor.ts";
import { CodexdashError, errorText } from "./error.ts";
import { Hub } from "./hub.ts";
import { log, setLogLevel } from "./log.ts";
import { createPipeline } from "./pipeline.ts";
import { writeRunFile } from "./run_file.ts";
import { Daemon } from "./sources/daemon.ts";
import { EventFile } from "./sources/event_file.ts";
import { PaneThreads } from "./sources/pane_threads.ts";
import { Rollouts } from "./sources/rollouts.ts";
import { Screens } from "./sources/screens.ts";
import { TokenEstimates } from "./sources/token_estimates.ts";
import type { Batch, Source } from "./sources/source.ts";
import { findAgent } from "./store/agents.ts";
import { listCursors, rebuild, Writer } from "./store/commit.ts";
import { openStore } from "./store/db.ts";
import { listOutputText, nextEstimate } from "./store/estimates.ts";
import { isUnindexed } from "./store/search_index.ts";
import { findThread, findThreadsById, listLiveThreads, listRunningTurns } from "./store/threads.ts";
import { readUsageNow } from "./store/usage_now.ts";
import { tmuxSocketPath } from "./tmux/socket_path.ts";
import { Estimator } from "./tokens/estimate.ts";
import { Prices } from "./tokens/prices.ts";
import { VERSION } from "./version.ts";

export interface RunningServer {
  url: string;
  port: number;
  /** Stops listening, then the sources, then closes the database. Safe to call twice. */
  stop(): Promise<void>;
}

/** A source that fails says nothing by itself: pages learn of it this much later at most. */
const HEALTH_MS = 2_000;

const DAY_MS = 86_400_000;

/** How long open requests may take to end before they are cut off. */
const GRACE_MS = 2_000;

/**
 * Starts everything; the server listens when it returns; the sources catch up behind it, and health
 * says so. Throws `CodexdashError` when the database or the address cannot be had; nothing is left
 * running then.
 */
export function startServer(config: Config): RunningServer {
  setLogLevel(config.log);
  const store = openStore(config.db);
  if (isUnindexed(store)) {
    log.info("search index is made", { events: rebuild(store) });
  }
  const hub = new Hub();
  const pipeline = createPipeline({ writer: new Writer(store), hub });
  const event_file = new EventFile({
    path: config.events,
    max_line_bytes: config.max_event_line,
    cursors: listCursors(store, "event_file"),
  });
  const homes = allHomes(config.codex_home, config.codex_homes);
  const daemon = new Daemon({
    homes,
    is_known: (thread_id) => findThread(store, thread_id) !== undefined,
    stated: listLiveThreads(store),
  });
  const rollouts = new Rollouts({
    homes,
    horizon_days: config.rollout_horizon_days,
    cursors: listCursors(store, "rollouts"),
  });
  const pane_threads = new PaneThreads({
    socket: config.tmux_socket,
    session: config.session,
    find_thread: (thread_id) => findThread(store, thread_id),
    find_threads: (id_start) => findThreadsById(store, id_start),
    present_thread: (agent) => findAgent(store, agent)?.thread_id ?? null,
    running_turns: () => listRunningTurns(store),
    is_read: () => isRead(rollouts),
  });
  const estimates = new TokenEstimates({
    // Exact figures of older jobs may stand in session files that are not read.
    next: (now) =>
      nextEstimate(store, { now, from_ts: now - config.rollout_horizon_days * DAY_MS }),
    listOutput: (options) => listOutputText(store, options),
    isReady: () => [event_file, rollouts].every(hasCaughtUp),
    estimator: new Estimator(),
  });
  hub.subscribe({
    onChange: (change) => {
      pane_threads.see(change);
      daemon.see(change);
      estimates.see(change);
    },
  });
  const sources: Source[] = [
    pane_threads,
    daemon,
    event_file,
    rollouts,
    estimates,
    new Screens({
      socket: config.tmux_socket,
      session: config.session,
      socket_path: tmuxSocketPath({
        socket: config.tmux_socket,
        tmux: config.tmux,
        tmux_tmpdir: config.tmux_tmpdir,
      }),
      cursor: listCursors(store, "screens").at(-1),
      on_screen: (screen) => {
        hub.publishScreen(screen);
        pane_threads.seeScreen(screen);
      },
    }),
  ];
  hub.setUsage(() => readUsageNow(store));
  hub.setSources(() => sources.map((source) => source.health()));
  const stopping = new AbortController();
  const started_ts = Date.now();
  const app = createApp({
    config,
    store,
    hub,
    prices: new Prices(config.prices),
    version: VERSION,
    started_ts,
    stopping: stopping.signal,
    dispatch: (request) => dispatch(request, { config, origin: "api" }),
    doctor: createDoctor({ config, store, hub }),
  });
  const cut = new AbortController();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      hostname: config.host,
      port: config.port,
      onListen: () => {},
      signal: cut.signal,
      handler: app.fetch,
    });
  } catch (error) {
    store.close();
    throw new CodexdashError(
      "unavailable",
      `Cannot listen on ${config.host}:${config.port}: ${errorText(error)}; use another --port`,
      { cause: error },
    );
  }
  const { port } = server.addr;
  const url = `http://${urlHost(config.host)}:${port}`;
  const removeRunFile = writeRunFile(config.dir, { pid: Deno.pid, url, started_ts });
  const started = new Map<Source, Promise<void>>();
  for (const source of sources) {
    // A session file shows prompts, the event file whose they are: that is read first.
    const before = source === rollouts ? started.get(event_file) : undefined;
    started.set(source, startSource(source, pipeline.take, before));
  }
  const health = setInterval(() => hub.publishSources(), HEALTH_MS);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    clearInterval(health);
    stopping.abort();
    removeRunFile();
    const forced = setTimeout(() => cut.abort(), GRACE_MS);
    await Promise.all(sources.map((source) => source.stop()));
    await server.shutdown();
    clearTimeout(forced);
    store.close();
  };
  return { url, port, stop: () => stopped ??= stop() };
}

async function startSource(
  source: Source,
  take: (batch: Batch) => void,
  before: Promise<void> | undefined,
): Promise<void> {
  try {
    if (before) await before;
    await source.start(take);
  } catch (error) {
    log.error("source failed", { source: source.name, cause: error });
  }
}

function hasCaughtUp(source: Source): boolean {
  const { state } = source.health();
  return state !== "starting" && state !== "catching_up";
}

/** Whether there is nothing unread, as far as the source knows. */
function isRead(source: Source): boolean {
  const { state, lag_bytes } = source.health();
  return state === "live" && !lag_bytes;
}

/** An address as a browser on this machine can open it. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
