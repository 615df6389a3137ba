/** From appending a line to the event file to its event on a WebSocket. */
import { LiveClient } from "../support/live_client.ts";
import { TestWorld } from "../support/temp.ts";
import { eventLine } from "./events.ts";
import { type Figure, quantile, repeat } from "./figure.ts";
import { ServerProcess } from "./process.ts";

export const appendToSocket: Figure = {
  name: "append",
  measure: async ({ small }) => {
    await using world = new TestWorld();
    await using server = await ServerProcess.start(world);
    await using client = await LiveClient.connect(server.url);
    return await repeat(
      small ? 1 : 5,
      [
        { name: "append → WebSocket, p50", unit: "ms", better: "less", target: 5 },
        { name: "append → WebSocket, p99", unit: "ms", better: "less", target: 30 },
      ],
      async () => {
        const delays = await measureDelays(world, client, small ? 20 : 500);
        return [quantile(delays, 0.5), quantile(delays, 0.99)];
      },
    );
  },
};

/** One line at a time: what a person waits for, not what a backlog takes. */
async function measureDelays(world: TestWorld, client: LiveClient, count: number) {
  const delays: number[] = [];
  using file = await Deno.open(world.events, { append: true, create: true });
  for (let index = 0; index < count; index++) {
    const name = `line ${crypto.randomUUID()}`;
    const line = new TextEncoder().encode(eventLine(name));
    const before = performance.now();
    await file.write(line);
    delays.push(await client.arrival((event) => String(event["text"]).startsWith(name)) - before);
    await new Promise((done) => setTimeout(done, 5));
  }
  return delays;
}
