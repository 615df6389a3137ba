/**
 * The source `screens`: finds the agents' panes in one tmux session and tells what happens in them.
 * One control client hears everything; nothing polls and nothing that is watched is changed.
 */
import { log } from "../log.ts";
import type { TmuxSocket } from "../tmux/command.ts";
import type { ControlClient } from "../tmux/control.ts";
import {
  agentNames,
  type AgentPane,
  mapAgents,
  PANE_FORMAT,
  parsePanes,
  titledAgent,
} from "../tmux/panes.ts";
import { tmuxSocketPath } from "../tmux/socket_path.ts";
import type { EventPayload, ScreenRow, SourceHealth } from "../wire.ts";
import { AgentMemories } from "./agent_memories.ts";
import { claimMissing } from "./pane_claims.ts";
import { newMemory, type PaneMemory } from "./pane_memory.ts";
import { type PaneName, PaneStory } from "./pane_story.ts";
import { PaneWatch } from "./pane_watch.ts";
import { SessionLink } from "./session_link.ts";
import type { Batch, Cursor, Source } from "./source.ts";
import { subscribe, type Subscription } from "./subscriptions.ts";

export interface ScreensOptions {
  socket: TmuxSocket;
  session: string;
  /** Where the server's socket is or will be; by default where tmux puts it in a plain environment. */
  socket_path?: string;
  cursor: Cursor | undefined;
  /** Called with an agent's screen when it changed. */
  on_screen(screen: ScreenRow): void;
}

interface Watched {
  name: PaneName;
  watch: PaneWatch;
}

/** After these the agents may be in other panes than before. */
const MOVES: ReadonlySet<string> = new Set([
  "window-add",
  "window-close",
  "window-renamed",
  "unlinked-window-add",
  "unlinked-window-close",
  "unlinked-window-renamed",
  "layout-change",
]);

export class Screens implements Source {
  readonly name = "screens";
  readonly #options: ScreensOptions;
  readonly #link: SessionLink;
  readonly #memories: AgentMemories;
  readonly #watched = new Map<string, Watched>();
  readonly #screens = new Map<string, ScreenRow>();
  /** Panes of the session as last listed; undefined before the first list. */
  #panes: Set<string> | undefined;
  #client: ControlClient | undefined;
  #session_id = "";
  /** Names the running server: another one's panes have the same ids. */
  #server = "";
  #subscribed_names = "";
  #finding: Promise<void> | undefined;
  #find_again = false;
  #emit: (batch: Batch) => void = () => {};
  #stopped = false;
  #last_ts: number | null = null;

  constructor(options: ScreensOptions) {
    const { socket, session } = options;
    this.#options = options;
    this.#memories = new AgentMemories(`${socket || "default"} ${session}`, options.cursor);
    this.#link = new SessionLink({
      socket,
      session,
      socket_path: options.socket_path ?? tmuxSocketPath({ socket, tmux: "", tmux_tmpdir: "" }),
      on_attached: (client, session_id) => this.#attached(client, session_id),
      on_detached: () => this.#detached(),
      on_absent: () => this.#absent(),
      on_output: (pane_id, escaped) => this.#watchOf(pane_id)?.output(escaped),
      on_notification: (name, rest) => this.#notified(name, rest),
    });
  }

  /** Resolves when every agent's screen was read, or when it is known that there is none yet. */
  start(emit: (batch: Batch) => void): Promise<void> {
    this.#emit = emit;
    return this.#link.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatchAll();
    await this.#link.stop();
  }

  health(): SourceHealth {
    const { session } = this.#options;
    const health = (state: SourceHealth["state"], detail: string | null): SourceHealth => (
      { source: this.name, state, detail, lag_bytes: null, bad_lines: 0, last_ts: this.#last_ts }
    );
    if (this.#stopped) return health("stopped", null);
    switch (this.#link.state) {
      case "starting":
        return health("starting", null);
      case "attached":
        return health("live", null);
      case "no_tmux":
        return health("failed", "Cannot run tmux: install it (apt install tmux)");
      case "no_server":
        return health("waiting", "No tmux server is running: start the agents with codexdash up");
      case "no_session":
        return health(
          "waiting",
          `There is no tmux session "${session}": start the agents with codexdash up`,
        );
      default:
        return this.#link.state satisfies never;
    }
  }

  /** What the agents' panes show now. */
  screens(): ScreenRow[] {
    return [...this.#screens.values()];
  }

  async #attached(client: ControlClient, session_id: string): Promise<void> {
    const [server] = await client.ask(["display-message", "-p", "#{pid} #{start_time}"]);
    this.#client = client;
    this.#session_id = session_id;
    this.#server = server?.ok ? server.rows.join() : "";
    this.#subscribed_names = "";
    await this.#find();
    await Promise.all([...this.#watched.values()].map(({ watch }) => watch.look()));
  }

  #detached(): void {
    this.#client = undefined;
    this.#unwatchAll();
  }

  #absent(): void {
    this.#panes ??= new Set();
    for (const agent of this.#memories.agents()) {
      this.#lose(agent, `tmux session "${this.#options.session}" is gone`);
    }
  }

  #notified(name: string, rest: string): void {
    if (MOVES.has(name)) this.#find();
    else if (name === "subscription-changed") this.#changed(rest);
  }

  /** `name $0 @1 1 %1 : value`; for the session's own `name $0 - - - : value`. */
  #changed(rest: string): void {
    const [subscription, , , , pane_id = ""] = rest.split(" ", 5);
    switch (subscription as Subscription) {
      case "codexdash_agents":
      case "codexdash_panes":
        this.#find();
        break;
      case "codexdash_titles": {
        const watch = this.#watchOf(pane_id);
        if (watch) watch.look();
        else if (titledAgent(rest.slice(rest.indexOf(" : ") + 3))) this.#find();
        break;
      }
    }
  }

  #watchOf(pane_id: string): PaneWatch | undefined {
    for (const { watch } of this.#watched.values()) if (watch.pane_id === pane_id) return watch;
    return undefined;
  }

  /** Finds the agents' panes anew; calls while it is under way lead to one more round. */
  #find(): Promise<void> {
    this.#find_again = true;
    return this.#finding ??= this.#findAll().finally(() => this.#finding = undefined);
  }

  async #findAll(): Promise<void> {
    while (this.#find_again) {
      this.#find_again = false;
      const client = this.#client;
      if (!client) return;
      const target = `${this.#session_id}:`;
      const [listed, own, global] = await client.ask(
        ["list-panes", "-s", "-t", target, "-F", PANE_FORMAT],
        ["show-options", "-t", target],
        ["show-options", "-g"],
      );
      if (client !== this.#client || !listed?.ok || !own?.ok || !global?.ok) continue;
      const options = { session: own.rows, global: global.rows };
      const panes = parsePanes(listed.rows);
      const found = mapAgents(panes, options, this.#memories.titled(this.#server));
      const known = this.#panes;
      for (const pane of found.values()) {
        // What is in the scrollback of a pane that was there before is nobody's news.
        this.#take(pane, { is_new: known !== undefined && !known.has(paneKey(pane)) });
      }
      for (const agent of this.#memories.agents()) {
        if (!found.has(agent)) this.#lose(agent, "Its pane is gone");
      }
      this.#panes = new Set(panes.map(paneKey));
      this.#subscribe(client, agentNames(options));
    }
  }

  #subscribe(client: ControlClient, names: readonly string[]): void {
    if (names.join() === this.#subscribed_names) return;
    this.#subscribed_names = names.join();
    client.ask(...subscribe(names)).then((replies) => {
      const failed = replies.find(({ ok }) => !ok);
      if (failed && client === this.#client) log.warn("tmux subscription failed", { ...failed });
    });
  }

  #take(pane: AgentPane, { is_new }: { is_new: boolean }): void {
    const { agent, pane_id, window_name, session, by_title } = pane;
    const before = this.#memories.get(agent);
    const same = before?.pane_id === pane_id && before.server === this.#server ? before : undefined;
    const begun = same ?? this.#begin(pane, before, is_new);
    const memory = { ...begun, window_name, session, by_title };
    const lost = !this.#watched.has(agent) && before?.screen?.status === "missing";
    const moved = !same || same.window_name !== window_name || same.session !== session;
    if (moved || lost) {
      const found = lost ? { ...memory, title: null, screen: null } : memory;
      const ts = Date.now();
      this.#note(agent, found, [
        { type: "agent_mapped", ts, agent, pane_id, window_name, session },
      ]);
    }
    this.#watch(pane).look();
  }

  #begin(pane: AgentPane, before: PaneMemory | undefined, is_new: boolean): PaneMemory {
    const memory = newMemory(pane, this.#server);
    const scrollback = { ...memory.scrollback, row: is_new ? 0 : -1 };
    return { ...memory, scrollback, markers: before?.markers ?? [] };
  }

  #watch({ agent, pane_id, window_name, session }: AgentPane): PaneWatch {
    const name = { agent, pane_id, window_name, session };
    const watched = this.#watched.get(agent);
    if (watched?.watch.pane_id === pane_id) {
      Object.assign(watched.name, name);
      return watched.watch;
    }
    watched?.watch.close();
    const watch = new PaneWatch({
      client: this.#client!,
      name,
      story: new PaneStory(name),
      memory: () => this.#memories.get(agent) ?? newMemory({ ...name, pane_pid: 0 }, this.#server),
      tell: ({ events, memory, screen }) => {
        this.#tell(agent, memory, events);
        if (!screen) return;
        this.#screens.set(agent, screen);
        this.#options.on_screen(screen);
      },
    });
    this.#watched.set(agent, { name, watch });
    return watch;
  }

  #lose(agent: string, detail: string): void {
    this.#watched.get(agent)?.watch.close();
    this.#watched.delete(agent);
    this.#screens.delete(agent);
    const before = this.#memories.get(agent);
    if (!before) return;
    const { claims, memory } = claimMissing(before, detail);
    const { pane_id, window_name, session } = before;
    const head = { ts: Date.now(), agent, pane_id, window_name, session };
    const events = claims.map(({ source, status, detail, outcome }): EventPayload => (
      {
        type: "agent_state",
        ...head,
        status,
        status_source: source,
        status_detail: detail,
        outcome,
      }
    ));
    if (events.length > 0) this.#note(agent, memory, events);
  }

  /** Stores what tmux itself said of a pane; when that fails, the next round says it again. */
  #note(agent: string, memory: PaneMemory, events: EventPayload[]): void {
    try {
      this.#tell(agent, memory, events);
    } catch (error) {
      log.error("pane news could not be stored", { agent, cause: error });
    }
  }

  /** Stores events with what is remembered after them; throws when that failed. */
  #tell(agent: string, memory: PaneMemory, events: EventPayload[]): void {
    if (this.#stopped) return;
    const before = this.#memories.get(agent);
    this.#memories.set(agent, memory);
    if (events.length === 0) return;
    try {
      const cursor = this.#memories.cursor();
      this.#emit({ kind: "events", source: this.name, events, cursor });
      this.#last_ts = Date.now();
    } catch (error) {
      this.#memories.set(agent, before);
      throw error;
    }
  }

  #unwatchAll(): void {
    for (const { watch } of this.#watched.values()) watch.close();
    this.#watched.clear();
  }
}

/** A pane by itself: after a restart of the server its id is another pane's. */
function paneKey({ pane_id, pane_pid }: { pane_id: string; pane_pid: number }): string {
  return `${pane_id} ${pane_pid}`;
}
