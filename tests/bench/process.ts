/** The server as a process of its own, so that what it costs can be told from what measuring costs. */
import { join } from "node:path";
import { retryUntil } from "../support/retry.ts";
import type { TestWorld } from "../support/temp.ts";

const MAIN = join(import.meta.dirname ?? ".", "../../main.ts");

/** What the kernel counted for a process and its children up to now. */
export interface Cost {
  cpu_ms: number;
  /** Page faults of children that have ended: each of them adds hundreds. */
  ended_faults: number;
  /** Those that live. */
  children: number[];
}

export class ServerProcess implements AsyncDisposable {
  readonly url: string;
  /** From spawning to the first 200. */
  readonly start_ms: number;
  readonly #child: Deno.ChildProcess;
  readonly #stderr: Promise<string>;

  private constructor(
    child: Deno.ChildProcess,
    { url, start_ms, stderr }: { url: string; start_ms: number; stderr: Promise<string> },
  ) {
    this.#child = child;
    this.#stderr = stderr;
    this.url = url;
    this.start_ms = start_ms;
  }

  /** Resolves with the first 200 of /api/health. */
  static async start(world: TestWorld): Promise<ServerProcess> {
    const port = freePort();
    const url = `http://127.0.0.1:${port}`;
    const started = performance.now();
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--v8-flags=--max-semi-space-size=4,--optimize-for-size",
        MAIN,
        "serve",
        "--port",
        String(port),
        "--log",
        "warn",
      ],
      env: world.env(),
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(child.stderr).text();
    try {
      await retryUntil("the first 200", () => answers(url), 60_000);
      return new ServerProcess(child, { url, start_ms: performance.now() - started, stderr });
    } catch (cause) {
      try {
        child.kill("SIGKILL");
      } catch { /* it ended by itself */ }
      throw new Error(`Cannot start the server: it said\n${await stderr}`, { cause });
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  async cost(): Promise<Cost> {
    const children = await childrenOf(this.pid);
    const own = await readStat(this.pid);
    const theirs = await Promise.all(children.map(readStat));
    return {
      cpu_ms: [own, ...theirs].reduce((sum, { cpu_ms }) => sum + cpu_ms, 0),
      ended_faults: own.ended_faults,
      children,
    };
  }

  /** Resident memory in MB (10^6 bytes). */
  async rssMb(): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024 / 1e6;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    const { code } = await this.#child.status;
    if (code !== 0) {
      throw new Error(`The server ended with ${code}: it said\n${await this.#stderr}`);
    }
  }
}

/** USER_HZ: 100 on every Linux that Deno runs on. */
const MS_PER_TICK = 10;

/** Fields of /proc/<pid>/stat by their number in proc(5). */
async function readStat(pid: number): Promise<{ cpu_ms: number; ended_faults: number }> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  const [user, system, ended_user, ended_system] = [field(14), field(15), field(16), field(17)];
  return {
    cpu_ms: (user + system + ended_user + ended_system) * MS_PER_TICK,
    ended_faults: field(11),
  };
}

/** A child belongs to the thread that spawned it. */
async function childrenOf(pid: number): Promise<number[]> {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
  const lists = await Promise.all(
    threads.map((thread) => Deno.readTextFile(`/proc/${pid}/task/${thread}/children`)),
  );
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number)).sort();
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/health`);
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
