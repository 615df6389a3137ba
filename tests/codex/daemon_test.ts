/** Agents that joined Codex's daemon, as a plain `codex` does: what the daemon says is believed first. */
import assert from "node:assert/strict";
import type { SourceHealth, ThreadRow } from "../../server/wire.ts";
import { retryUntil } from "../support/retry.ts";
import { CodexDaemon } from "./daemon.ts";
import { Tower } from "./tower.ts";

const QUESTION = /Would you like to run the following command\?/;

/** Agents without `-c`, which would keep them out of the daemon. */
async function start(agents: readonly string[]): Promise<{ tower: Tower; daemon: CodexDaemon }> {
  const tower = new Tower();
  const daemon = await CodexDaemon.start(tower.world);
  const up = await tower.run(["up", "--windows", "--noattach", "--agents", agents.join(",")], {
    CODEX_ARGS: "",
  });
  assert.equal(up.code, 0, up.stderr);
  await tower.startServer();
  for (const agent of agents) await tower.agentIs(agent, "idle");
  return { tower, daemon };
}

Deno.test("an approval in the daemon is known from it, and who joined it are told apart", async () => {
  const { tower, daemon } = await start(["fast", "deep"]);
  await using _tower = tower;
  await using _daemon = daemon;
  await tower.send("job-ask", "fast", "mock:escalate=touch x");
  await tower.send("job-hold", "deep", "mock:hold=it wait");
  const asks = await tower.live.until("fast waits, says the daemon", () => {
    const row = tower.live.agents.get("fast");
    const said = row?.status === "approval" && row.status_source === "socket";
    // The title says so a moment later.
    return said && row.status_conflict === null && row;
  });
  await tower.jobIs("job-ask", "blocked");
  const deep = await tower.live.until("deep works, says the daemon", () => {
    const row = tower.live.agents.get("deep");
    return row?.status === "working" && row.status_source === "socket" && row;
  });
  assert.notEqual(asks.thread_id, deep.thread_id);
  await tower.world.answer(tower.pane("fast"), QUESTION, "y");
  await tower.jobIs("job-ask", "done");
  await tower.agentIs("fast", "idle");
  assert.equal(tower.live.jobs.get("job-hold")?.status, "running");
  tower.world.model.release("it");
  await tower.jobIs("job-hold", "done");
  await retryUntil("both threads rest", async () => {
    const threads: ThreadRow[] = await (await fetch(`${tower.url}/api/threads`)).json();
    const said = threads.map((row) => `${row.agent} ${row.live_status}`).sort();
    return said.join() === "deep idle,fast idle";
  }, 60_000);
});

Deno.test("a daemon that ends takes back what it said, one that comes later is heard", async () => {
  const { tower, daemon } = await start(["fast"]);
  await using _tower = tower;
  await tower.send("job-1", "fast", "mock:plain one");
  await tower.jobIs("job-1", "done");
  await tower.live.until(
    "the daemon spoke",
    () => tower.live.events.some((event) => event.type === "thread_status"),
  );
  await daemon.stop();
  await tower.live.until(
    "the daemon's word is taken back",
    () =>
      tower.live.events.findLast((event) => event.type === "thread_status")?.["status"] === null,
  );
  assert.notEqual(tower.live.agents.get("fast")?.status_source, "socket");
  await using _again = await CodexDaemon.start(tower.world);
  await retryUntil("it is heard again", async () => {
    const health = await (await fetch(`${tower.url}/api/health`)).json() as {
      sources: SourceHealth[];
    };
    return health.sources.find(({ source }) => source === "daemon")?.state === "live";
  }, 60_000);
});
