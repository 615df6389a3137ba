/**
 * The real server in a world of its own, fed as wrappers feed it: by lines in the event file. With
 * short ways to write what a page then shows.
 */
import { loadConfig } from "../../server/config.ts";
import { type RunningServer, startServer } from "../../server/serve.ts";
import type { AgentStateEvent, EventPayload } from "../../server/wire.ts";
import { retryUntil } from "./retry.ts";
import { TestWorld } from "./temp.ts";

export class TestTower implements AsyncDisposable {
  readonly world: TestWorld;
  readonly url: string;
  #server: RunningServer | undefined;
  #last_ts = 0;

  private constructor(world: TestWorld, server: RunningServer) {
    this.world = world;
    this.#server = server;
    this.url = server.url;
  }

  static async start(): Promise<TestTower> {
    const world = new TestWorld();
    return new TestTower(world, await startServer(config(world, 0)));
  }

  /** Stops the server; what is appended meanwhile waits in the file. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** Starts it again at the same address. */
  async restart(): Promise<void> {
    await this.stop();
    this.#server = await startServer(config(this.world, Number(new URL(this.url).port)));
  }

  /** Appends lines as one write. */
  append(...events: EventPayload[]): void {
    const lines = events.map((event) => JSON.stringify(event) + "\n").join("");
    Deno.writeTextFileSync(this.world.events, lines, { append: true });
  }

  /** Waits until the server has read everything that was appended, up to this job. */
  async untilJob(job_id: string): Promise<void> {
    await retryUntil(`job ${job_id}`, async () => {
      const response = await fetch(`${this.url}/api/jobs/${encodeURIComponent(job_id)}`);
      return (await response.json()).job !== null;
    }, 60_000);
  }

  /** Waits until this thread's session file is read up to an item with this text. */
  async untilItem(thread_id: string, text: string): Promise<void> {
    await retryUntil(`"${text}" of thread ${thread_id}`, async () => {
      const response = await fetch(`${this.url}/api/threads/${thread_id}/transcript?limit=5000`);
      return JSON.stringify(await response.json()).includes(JSON.stringify(text).slice(1, -1));
    }, 60_000);
  }

  /** Rises with every call: events in order, all of them just now. */
  ts(): number {
    return this.#last_ts = Math.max(this.#last_ts + 1, Date.now());
  }

  addAgent(agent: string, pane_id: string): void {
    this.append({
      type: "agent_mapped",
      ts: this.ts(),
      agent,
      pane_id,
      window_name: "agents",
      session: "codexctl",
      model: "gpt-6.1-sol",
    });
    this.setState(agent, "idle");
  }

  setState(
    agent: string,
    status: AgentStateEvent["status"],
    more: Partial<AgentStateEvent> = {},
  ): void {
    this.append({
      type: "agent_state",
      ts: this.ts(),
      agent,
      status,
      status_source: "title",
      status_detail: null,
      outcome: null,
      ...more,
    });
  }

  /** One prompt on one agent, handed over and typed. */
  send(agent: string, job_id: string, prompt_text: string): void {
    const pane_id = "%1";
    this.append(
      {
        type: "dispatch",
        ts: this.ts(),
        agent,
        job_id,
        dispatch_id: job_id,
        jobs: [{ job_id, agent, pane_id }],
        prompt_text,
        prompt_hash: null,
        prompt_bytes: new TextEncoder().encode(prompt_text).length,
        driver: "builtin",
      },
      { type: "receipt", ts: this.ts(), job_id, agent, receipt: "typed" },
      { type: "receipt", ts: this.ts(), job_id, agent, receipt: "submitted" },
    );
  }

  /** A line of the controller's output. */
  print(text: string, more: { job_id?: string; stream?: "stdout" | "stderr" } = {}): void {
    this.append({ type: "controller_output", ts: this.ts(), text, stream: "stdout", ...more });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.world[Symbol.asyncDispose]();
  }
}

function config(world: TestWorld, port: number) {
  return loadConfig({ port: String(port), log: "error" }, world.env());
}
