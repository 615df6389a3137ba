/**
 * Writes every page as PNG, wide and narrow, dark and light: `deno task screenshots --out DIR`. What
 * they show is real: demo agents in a private tmux, prompts sent with `codexdash send`.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startSession } from "../cli/demo/session.ts";
import type { AgentRow, AgentStatus, ThreadListRow } from "../server/wire.ts";
import { PHONE, TestBrowser, WIDE } from "./support/browser.ts";
import { retryUntil } from "./support/retry.ts";
import { TestTower } from "./support/tower.ts";

const MAIN = join(import.meta.dirname ?? ".", "..", "main.ts");

/** Slower than life: what goes on must still go on when the last picture of it is taken. */
const SPEED = 0.6;

const AGENTS = [
  { name: "fast", model: "gpt-6-luna" },
  { name: "deep", model: "gpt-6.1-sol" },
  { name: "test", model: "gpt-6-luna" },
  { name: "sec", model: "gpt-6.1-sol" },
];

/** What each agent was asked before, one round after the other. */
const PAST: Record<string, string>[] = [
  {
    fast: "Explain what this repository does, in five sentences",
    deep: "Compare a table, a file and a queue for keeping parcels between restarts",
    test: "Look for the regression that makes tracker.test.ts fail on Mondays",
    sec: "Explain src/http.ts to somebody who has never seen it",
  },
  {
    fast: "A quick hello to everyone who reads this page",
    deep: "Rename parse to parseParcel and simplify what calls it",
    test: "Refactor the label parser into a file of its own",
    sec: "Explain what the token in src/http.ts protects",
  },
];

/** What goes on while the pictures are taken. */
const NOW: [agent: string, prompt: string, status: AgentStatus][] = [
  ["sec", "Audit the dependencies for known vulnerabilities and leaked secrets", "approval"],
  ["test", "Run the test suite and add what is missing for empty labels", "working"],
  ["deep", "Plan the move from files to SQLite, and compare it with a queue", "working"],
];

/** `codexdash send`, as a person would; waits for the answer unless told not to. */
async function send(tower: TestTower, agent: string, prompt: string, wait_s = 120): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, "send", agent, "--wait", `${wait_s}`, "--", prompt],
    env: tower.world.env(),
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`send ${agent}: ${code}\n${new TextDecoder().decode(stderr)}`);
}

async function untilStatus(tower: TestTower, agent: string, status: AgentStatus): Promise<void> {
  await retryUntil(`${agent} to be ${status}`, async () => {
    const agents: AgentRow[] = await (await fetch(`${tower.url}/api/agents`)).json();
    return agents.find((row) => row.agent === agent)?.status === status;
  }, 60_000);
}

async function startAgents({ world }: TestTower): Promise<void> {
  await startSession({
    socket: world.tmux_socket,
    session: "codexctl",
    dir: world.home,
    env: world.env(),
    agents: AGENTS.map((agent) => ({
      ...agent,
      args: ["--dir", "~/parcel", "--speed", `${SPEED}`],
    })),
    width: 100,
    height: 29,
  });
}

async function newestThread({ url }: TestTower): Promise<string> {
  const threads: ThreadListRow[] = await (await fetch(`${url}/api/threads?limit=1`)).json();
  return threads[0]?.thread_id ?? "";
}

async function shoot(out: string): Promise<void> {
  await using browser = await TestBrowser.launch();
  await using empty = await TestTower.start();
  await using tower = await TestTower.start();
  await startAgents(tower);
  for (const { name } of AGENTS) await untilStatus(tower, name, "idle");
  for (const round of PAST) {
    await Promise.all(Object.entries(round).map(([agent, prompt]) => send(tower, agent, prompt)));
  }
  const looks = (["dark", "light"] as const).flatMap((colorScheme) =>
    [WIDE, PHONE].map((viewport) => ({ colorScheme, viewport }))
  );
  const towers = await Promise.all(looks.map((look) => browser.open(tower.url, "/", look)));
  for (const [agent, prompt, status] of NOW) {
    await send(tower, agent, prompt, 0);
    await untilStatus(tower, agent, status);
  }
  await new Promise((done) => setTimeout(done, 2_500));
  const fileOf = (name: string, { colorScheme, viewport }: typeof looks[number]) =>
    join(out, `${name}_${colorScheme}_${viewport.width}.png`);
  for (const [index, page] of towers.entries()) {
    await page.screenshot({ path: fileOf("tower", looks[index]!) });
  }
  const job = towers[0]!.getByRole("link", { name: PAST[1]!["test"]! }).last();
  const job_path = await job.getAttribute("href") ?? "";
  const pages: [name: string, origin: string, path: string][] = [
    ["job", tower.url, job_path],
    ["threads", tower.url, "/threads"],
    ["thread", tower.url, `/threads/${await newestThread(tower)}`],
    ["agents", tower.url, "/agents"],
    ["jobs", tower.url, "/jobs"],
    ["doctor", tower.url, "/doctor"],
    ["first_run", empty.url, "/"],
  ];
  for (const [name, origin, path] of pages) {
    for (const look of looks) {
      const page = await browser.open(origin, path, look);
      if (name === "job" || name === "thread") await page.locator(".item").first().waitFor();
      await page.screenshot({ path: fileOf(name, look) });
      await page.context().close();
    }
  }
  await tower.stop();
  for (const [index, page] of towers.entries()) {
    await page.locator(".connection.c-offline").waitFor();
    await page.screenshot({ path: fileOf("offline", looks[index]!) });
  }
}

const { values } = parseArgs({ options: { out: { type: "string" } } });
const out = values.out ?? await Deno.makeTempDir({ prefix: "codexdash-screenshots-" });
await Deno.mkdir(out, { recursive: true });
await shoot(out);
console.log(out);
