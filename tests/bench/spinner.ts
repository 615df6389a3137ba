/** What a working agent's spinner costs: rows stored and messages sent while nothing else changes. */
import { startDemoAgents } from "../support/demo.ts";
import { LiveClient } from "../support/live_client.ts";
import { TestWorld } from "../support/temp.ts";
import { type Figure, repeat } from "./figure.ts";
import { ServerProcess } from "./process.ts";

export const spinner: Figure = {
  name: "spinner",
  measure: async ({ small }) => {
    await using world = new TestWorld();
    const agents = await startDemoAgents(world, ["fast"], { speed: 1 });
    await using server = await ServerProcess.start(world);
    await using client = await LiveClient.connect(server.url);
    await agents.prompt("fast", "mock:exec=sleep 120");
    await agents.see("fast", /^[•◦] Working \(/m);
    await client.until("work", () => client.agents.get("fast")?.status === "working");
    // What the beginning of the turn has to tell comes first.
    await new Promise((done) => setTimeout(done, 2_000));
    return await repeat(
      small ? 1 : 3,
      [
        { name: "rows stored in 10 s of spinner", unit: "rows", better: "less", target: 0 },
        { name: "messages sent in 10 s of spinner", unit: "messages", better: "less" },
      ],
      async () => {
        const before = { rows: client.seq, messages: client.messages.length };
        await new Promise((done) => setTimeout(done, small ? 1_000 : 10_000));
        return [client.seq - before.rows, client.messages.length - before.messages];
      },
    );
  },
};
