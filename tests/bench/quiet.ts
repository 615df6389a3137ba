/** What the server costs while four agents do nothing: processor time, child processes, memory. */
import { startDemoAgents } from "../support/demo.ts";
import { LiveClient } from "../support/live_client.ts";
import { TestWorld } from "../support/temp.ts";
import { type Figure, repeat } from "./figure.ts";
import { AGENTS } from "./panes.ts";
import { ServerProcess } from "./process.ts";

export const quiet: Figure = {
  name: "quiet",
  measure: async ({ small }) => {
    await using world = new TestWorld();
    await startDemoAgents(world, AGENTS);
    await using server = await ServerProcess.start(world);
    await using client = await LiveClient.connect(server.url);
    await client.until(
      "four idle agents",
      () => AGENTS.every((name) => client.agents.get(name)?.status === "idle"),
    );
    // What starting up left to do, such as collecting garbage, is not part of being quiet.
    await new Promise((done) => setTimeout(done, small ? 500 : 5_000));
    return await repeat(
      small ? 1 : 3,
      [
        { name: "four quiet panes", unit: "% of a core", better: "less", target: 0.5 },
        { name: "child processes meanwhile, at least", unit: "", better: "less", target: 0 },
        { name: "server RSS", unit: "MB", better: "less", target: 90 },
      ],
      () => costOf(server, small ? 1_000 : 20_000),
    );
  },
};

async function costOf(server: ServerProcess, time_ms: number): Promise<number[]> {
  const started = performance.now();
  const before = await server.cost();
  await new Promise((done) => setTimeout(done, time_ms));
  const after = await server.cost();
  const living = after.children.filter((pid) => !before.children.includes(pid)).length;
  const ended = after.ended_faults > before.ended_faults ? 1 : 0;
  const percent = 100 * (after.cpu_ms - before.cpu_ms) / (performance.now() - started);
  return [percent, living + ended, await server.rssMb()];
}
