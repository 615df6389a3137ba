/** A private tmux server with `Screens` watching it, and everything that it told. */
import { Screens } from "../../server/sources/screens.ts";
import type { Batch, Cursor } from "../../server/sources/source.ts";
import type {
  AgentStateEvent,
  EventPayload,
  MarkerSeenEvent,
  ScreenRow,
} from "../../server/wire.ts";
import { retryUntil } from "./retry.ts";
import { TestWorld } from "./temp.ts";

/** Other tests run at the same time, on two cores. */
export const SLOW_MS = 60_000;

export class Watched implements AsyncDisposable {
  readonly world = new TestWorld();
  readonly events: EventPayload[] = [];
  readonly shown: ScreenRow[] = [];
  /** tmux's `history-limit` of the session, where it should not be the default. */
  history_limit: number | undefined;
  cursor: Cursor | undefined;
  screens: Screens | undefined;

  /** Starts watching, going on from the cursor that was told last. */
  async start(more: { session?: string; socket_path?: string } = {}): Promise<Screens> {
    const socket = more.socket_path ?? this.world.tmux_socket;
    const screens = new Screens({
      socket,
      socket_path: socket,
      session: more.session ?? "codexctl",
      cursor: this.cursor,
      on_screen: (screen) => this.shown.push(screen),
    });
    this.screens = screens;
    await screens.start((batch) => this.#take(batch));
    return screens;
  }

  async stop(): Promise<void> {
    await this.screens?.stop();
    this.screens = undefined;
  }

  #take(batch: Batch): void {
    if (batch.kind !== "events") throw new Error("screens have no lines");
    this.events.push(...batch.events);
    this.cursor = batch.cursor ?? this.cursor;
  }

  tmux(...args: string[]): Promise<string> {
    return this.world.tmux(...args);
  }

  /** A session with one window; its program ends with the world. Returns the pane's id. */
  async session(window: string, ...program: string[]): Promise<string> {
    const limit = this.history_limit === undefined
      ? []
      : ["start-server", ";", "set-option", "-g", "history-limit", String(this.history_limit), ";"];
    const words = [...limit, "new-session", "-d", "-P", "-F", "#{pane_id}", "-s", "codexctl"];
    words.push("-n", window);
    return (await this.tmux(...words, "-x", "100", "-y", "30", "--", ...forever(program))).trim();
  }

  async window(name: string, ...program: string[]): Promise<string> {
    const words = ["new-window", "-d", "-P", "-F", "#{pane_id}", "-t", "codexctl:", "-n", name];
    return (await this.tmux(...words, "--", ...forever(program))).trim();
  }

  /**
   * Ends the tmux server and waits until it is gone: one that still goes takes a new session's client
   * and drops it. With a signal it does not say goodbye.
   */
  async killServer(signal?: "SIGKILL"): Promise<void> {
    const pid = Number(await this.tmux("display-message", "-p", "#{pid}"));
    if (signal) Deno.kill(pid, signal);
    else await this.tmux("kill-server");
    await retryUntil("the server's end", () => {
      try {
        return /\) Z /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
      } catch {
        return true;
      }
    }, SLOW_MS);
  }

  /** The pane's terminal: what is written to it appears on the screen. */
  async terminal(pane_id: string): Promise<Deno.FsFile> {
    const tty = await this.tmux("display-message", "-p", "-t", pane_id, "#{pane_tty}");
    return await Deno.open(tty.trim(), { write: true });
  }

  of<Type extends EventPayload["type"]>(
    type: Type,
    agent?: string,
  ): Extract<EventPayload, { type: Type }>[] {
    return this.events.filter((event): event is Extract<EventPayload, { type: Type }> =>
      event.type === type && (agent === undefined || event.agent === agent)
    );
  }

  /** Every line told of an agent, in order. */
  lines(agent: string): string[] {
    return this.of("pane_output", agent).flatMap(({ text }) => text.split("\n"));
  }

  /** Claims as `tier status outcome`. */
  claims(agent: string, tier?: AgentStateEvent["status_source"]): string[] {
    return this.of("agent_state", agent)
      .filter(({ status_source }) => tier === undefined || status_source === tier)
      .map(({ status_source, status, outcome }) =>
        [status_source, status, ...(outcome ? [outcome] : [])].join(" ")
      );
  }

  markers(agent: string): MarkerSeenEvent[] {
    return this.of("marker_seen", agent);
  }

  until(what: string, probe: () => unknown): Promise<unknown> {
    return retryUntil(what, async () => Boolean(await probe()), SLOW_MS).catch((error) => {
      const told = this.events.slice(-30).map((event) => JSON.stringify(event)).join("\n");
      throw new Error(`${error.message}; told last:\n${told}`);
    });
  }

  /** Waits until the agent has a pane and its first screen was shown. */
  untilFound(agent: string): Promise<unknown> {
    return this.until(`pane of ${agent}`, () =>
      this.of("agent_mapped", agent).length > 0 &&
      this.shown.some((screen) => screen.agent === agent));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.world[Symbol.asyncDispose]();
  }
}

function forever(program: string[]): string[] {
  return program.length > 0 ? program : ["sleep", "infinity"];
}
