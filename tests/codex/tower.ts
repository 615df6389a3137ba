/** The whole tower around the real Codex: agents by `codexdash up`, the server, a client that watches. */
import { join } from "node:path";
import { loadConfig } from "../../server/config.ts";
import { startServer } from "../../server/serve.ts";
import type { AgentRow, AgentStatus, JobRow, JobStatus } from "../../server/wire.ts";
import { LiveClient } from "../support/live_client.ts";
import { CodexWorld, type CodexWorldOptions } from "./world.ts";

const MAIN = join(import.meta.dirname ?? ".", "../../main.ts");

/** How a command of ours ended. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

type Server = Awaited<ReturnType<typeof startServer>>;

export interface TowerOptions extends CodexWorldOptions {
  /** What the agents come up as: idle, unless something asks first. */
  as?: AgentStatus;
  /** Prepares the world before an agent starts. */
  prepare?: (world: CodexWorld) => void;
}

export class Tower implements AsyncDisposable {
  readonly world: CodexWorld;
  #server: Server | undefined;
  #live: LiveClient | undefined;

  constructor(world = new CodexWorld()) {
    this.world = world;
  }

  /** Agents in windows of their own, the server, a client; resolves when all agents are up. */
  static async start(
    agents: readonly string[] = ["fast"],
    { as = "idle", prepare, ...options }: TowerOptions = {},
  ): Promise<Tower> {
    const tower = new Tower(new CodexWorld(options));
    try {
      prepare?.(tower.world);
      const up = await tower.run(["up", "--windows", "--noattach", "--agents", agents.join(",")]);
      if (up.code !== 0) throw new Error(`codexdash up: ${up.stderr}`);
      await tower.startServer();
      for (const agent of agents) await tower.agentIs(agent, as);
      return tower;
    } catch (error) {
      await tower[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What the page would know. */
  get live(): LiveClient {
    if (!this.#live) throw new Error("Cannot watch: the server is not started");
    return this.#live;
  }

  get url(): string {
    if (!this.#server) throw new Error("Cannot ask: the server is not started");
    return this.#server.url;
  }

  async startServer(): Promise<void> {
    const since = this.#live?.seq;
    this.#server = await startServer(loadConfig({ log: "warn" }, this.world.envForCodex()));
    this.#live = await LiveClient.connect(this.#server.url, since);
  }

  /** Another Codex in the agent's pane, in place of the one there; waits for its composer. */
  async restart(agent: string, args: readonly string[] = []): Promise<void> {
    const pane = this.pane(agent);
    const { world } = this;
    await world.tmux(
      ...["respawn-pane", "-k", "-t", pane, "-e", `CODEX_HOME=${world.codex_home}`],
      ...["-c", world.repo, "--", "env", world.codex, ...world.mode, ...args],
    );
    await world.seeOnScreen(pane, /Ask Codex to do anything/);
    await this.agentIs(agent, "idle");
  }

  /** Stops as a SIGTERM would. */
  async stopServer(): Promise<void> {
    await this.#live?.[Symbol.asyncDispose]();
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** Runs `codexdash` in a process of its own, as a person in a shell. */
  async run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--cached-only", MAIN, ...args],
      env: this.world.envForCodex(env),
      clearEnv: true,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** `codexdash send` that does not wait for the answer, under a job id of the caller's. */
  async send(job_id: string, agent: string, prompt: string): Promise<Ran> {
    return await this.run(["send", agent, "--wait", "0", "--", prompt], {
      CODEXDASH_JOB_ID: job_id,
    });
  }

  async agentIs(agent: string, status: AgentStatus): Promise<AgentRow> {
    return await this.live.until(`${agent} ${status}`, () => {
      const row = this.live.agents.get(agent);
      return row?.status === status && row;
    });
  }

  async jobIs(job_id: string, status: JobStatus): Promise<JobRow> {
    return await this.live.until(`${job_id} ${status}`, () => {
      const row = this.live.jobs.get(job_id);
      return row?.status === status && row;
    });
  }

  /** The agent's pane, for `world.press` and `world.seeOnScreen`. */
  pane(agent: string): string {
    const pane = this.live.agents.get(agent)?.pane_id;
    if (!pane) throw new Error(`Cannot find a pane of "${agent}"`);
    return pane;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopServer();
    await this.world[Symbol.asyncDispose]();
  }
}
