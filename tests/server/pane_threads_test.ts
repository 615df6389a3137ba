/** Which thread an agent's pane runs, as the pane changes it: `/new`, resume, the agent centre. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { loadConfig } from "../../server/config.ts";
import { type RunningServer, startServer } from "../../server/serve.ts";
import type {
  AgentRow,
  EventRow,
  ThreadMappedEvent,
  ThreadRow,
  TurnRow,
} from "../../server/wire.ts";
import { retryUntil } from "../support/retry.ts";
import { metaLine } from "../support/rollout_world.ts";
import { TestWorld } from "../support/temp.ts";

const SLOW_MS = 60_000;

class Panes implements AsyncDisposable {
  readonly world = new TestWorld();
  #server: RunningServer | undefined;

  /** Windows that play no Codex: what they hold and what their titles say is up to the test. */
  async start(...agents: string[]): Promise<void> {
    const program = ["--", "sleep", "infinity"];
    await this.world.tmux("new-session", "-d", "-s", "codexctl", "-n", "ctrl", ...program);
    for (const name of agents) {
      await this.world.tmux("new-window", "-d", "-t", "codexctl:", "-n", name, ...program);
    }
    this.#server = startServer(loadConfig({ port: "0", log: "error" }, this.world.env()));
    for (const name of agents) {
      await this.until(`pane of ${name}`, async () => (await this.agent(name))?.pane_id);
    }
  }

  /** As Codex sets it: its id cut to 29 characters (codex.md §3). */
  async title(agent: string, thread_id: string): Promise<void> {
    const tty = await this.world.tmux(
      ...["display-message", "-p", "-t", `codexctl:${agent}`, "#{pane_tty}"],
    );
    const title = `\x1b]0;Ready | ${thread_id.slice(0, 29)}...\x07`;
    await Deno.writeTextFile(tty.trim(), title, { create: false });
  }

  /** From now on the pane's own process holds this thread. */
  async hold(agent: string, thread_id: string): Promise<void> {
    const lock = join(this.world.codex_home, "thread-writer-locks", `${thread_id}.lock`);
    Deno.mkdirSync(dirname(lock), { recursive: true });
    await this.world.tmux(
      ...["respawn-pane", "-k", "-t", `codexctl:${agent}`, "--", "sh", "-c"],
      `exec 9>'${lock}'; flock 9; exec sleep infinity`,
    );
    await retryUntil("the lock is held", () => {
      const { ino } = Deno.statSync(lock);
      return Deno.readTextFileSync("/proc/locks").includes(`:${ino} `);
    }, SLOW_MS);
  }

  /** A turn in a thread's session file, which begins with its first. */
  turn(thread_id: string, turn_id: string, { ends = true } = {}): void {
    const dir = join(this.world.codex_home, "sessions", "2026", "11", "21");
    const path = join(dir, `rollout-2026-11-21T01-50-56-${thread_id}.jsonl`);
    Deno.mkdirSync(dir, { recursive: true });
    const head = { timestamp: new Date().toISOString(), ordinal: 1, type: "event_msg" };
    const lines = [
      { ...head, payload: { type: "task_started", turn_id } },
      ...(ends ? [{ ...head, payload: { type: "task_complete", turn_id } }] : []),
    ];
    const meta = exists(path) ? "" : metaLine(thread_id);
    const text = lines.map((line) => JSON.stringify(line) + "\n").join("");
    Deno.writeTextFileSync(path, meta + text, { append: true });
  }

  async get<T>(path: string): Promise<T> {
    return await (await fetch(`${this.#server!.url}${path}`)).json();
  }

  async agent(name: string): Promise<AgentRow | undefined> {
    return (await this.get<AgentRow[]>("/api/agents")).find(({ agent }) => agent === name);
  }

  thread(thread_id: string): Promise<{ thread: ThreadRow; turns: TurnRow[] }> {
    return this.get(`/api/threads/${thread_id}`);
  }

  async mappings(): Promise<string[]> {
    const events = await this.get<EventRow[]>("/api/events?limit=500");
    return events.filter(({ type }) => type === "thread_mapped").reverse().map(({ payload }) => {
      const { agent, thread_id, via } = JSON.parse(payload) as ThreadMappedEvent;
      return `${agent} ${thread_id[1]} ${via}`;
    });
  }

  /** Waits until the agent's pane is known to run this thread. */
  async untilRuns(agent: string, thread_id: string | null): Promise<AgentRow> {
    return await this.until(`${agent} runs ${thread_id}`, async () => {
      const row = await this.agent(agent);
      return row?.thread_id === thread_id && row;
    });
  }

  until<T>(what: string, probe: () => T | Promise<T>) {
    return retryUntil(what, probe, SLOW_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.stop();
    await this.world[Symbol.asyncDispose]();
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

const id = (n: number) => `0${n}a1fbcc-a926-71b3-b5de-54b32bc29000`;

Deno.test("a title that names another thread makes it the pane's, also without a turn", async () => {
  await using panes = new Panes();
  await panes.start("fast");
  await panes.title("fast", id(1));
  panes.turn(id(1), "first");
  await panes.untilRuns("fast", id(1));
  // As after `/new`: no session file yet, and then the first prompt.
  await panes.title("fast", id(2));
  panes.turn(id(2), "second");
  await panes.untilRuns("fast", id(2));
  // As after a switch in the agent centre.
  await panes.title("fast", id(1));
  await panes.untilRuns("fast", id(1));
  // The other goes on in the background: it is the agent's, and says nothing of the pane.
  panes.turn(id(2), "third", { ends: false });
  await panes.until("the turn in the background", async () => {
    const { turns } = await panes.thread(id(2));
    return turns.some((turn) => turn.turn_id === "third" && turn.agent === "fast");
  });
  const row = await panes.untilRuns("fast", id(1));
  assert.notEqual(row.status_source, "rollout");
  assert.deepEqual((await panes.mappings()).slice(0, 3), [
    "fast 1 title",
    "fast 2 title",
    "fast 1 title",
  ]);
  panes.turn(id(1), "fourth", { ends: false });
  await panes.until("the pane's own turn", async () => {
    const row = await panes.agent("fast");
    return row?.status === "working" && row.status_source === "rollout";
  });
});

Deno.test("a thread that is resumed in another pane is that agent's from then on", async () => {
  await using panes = new Panes();
  await panes.start("fast", "deep");
  await panes.hold("fast", id(1));
  panes.turn(id(1), "first");
  await panes.untilRuns("fast", id(1));
  await panes.hold("fast", id(2));
  await panes.hold("deep", id(1));
  panes.turn(id(1), "second");
  await panes.untilRuns("deep", id(1));
  await panes.untilRuns("fast", null);
  panes.turn(id(2), "third");
  await panes.untilRuns("fast", id(2));
  const { thread, turns } = await panes.thread(id(1));
  assert.equal(thread.agent, "deep");
  assert.deepEqual(turns.map(({ turn_id, agent }) => [turn_id, agent]), [
    ["first", "fast"],
    ["second", "deep"],
  ]);
  assert.deepEqual(await panes.mappings(), ["fast 1 lock", "deep 1 lock", "fast 2 lock"]);
});
