/** From a line in a pane to its event on a WebSocket, in four windows at once; no line may be lost. */
import { LiveClient } from "../support/live_client.ts";
import { TestWorld } from "../support/temp.ts";
import { type Figure, quantile, repeat } from "./figure.ts";
import {
  AGENTS,
  closeTerminals,
  openTerminals,
  startPanes,
  type Terminals,
  write,
} from "./panes.ts";
import { ServerProcess } from "./process.ts";

/** As fast as an agent that streams: 20 lines a second in each pane. */
const GAP_MS = 50;
/** A line that did not arrive by then is lost. */
const LOST_AFTER_MS = 5_000;

export const paneToSocket: Figure = {
  name: "pane",
  measure: async ({ small }) => {
    await using world = new TestWorld();
    await startPanes(world);
    await using server = await ServerProcess.start(world);
    await using client = await LiveClient.connect(server.url);
    const terminals = await openTerminals(world, client);
    try {
      return await repeat(
        small ? 1 : 5,
        [
          { name: "pane → WebSocket, p50", unit: "ms", better: "less", target: 60 },
          { name: "pane → WebSocket, p99", unit: "ms", better: "less", target: 150 },
          { name: "lines lost of 4 panes", unit: "%", better: "less", target: 0 },
        ],
        async () => {
          const { delays, lost_percent } = await measure(client, terminals, small ? 10 : 100);
          return [quantile(delays, 0.5), quantile(delays, 0.99), lost_percent];
        },
      );
    } finally {
      closeTerminals(terminals);
    }
  },
};

async function measure(client: LiveClient, terminals: Terminals, count: number) {
  const written = new Map<string, number>();
  const first = client.events.length;
  for (let index = 0; index < count; index++) {
    for (const agent of AGENTS) {
      const name = `${agent}-${crypto.randomUUID()}`;
      written.set(name, performance.now());
      await write(terminals[agent], `${name}\r\n`);
    }
    await new Promise((done) => setTimeout(done, GAP_MS));
  }
  const delays = new Map<string, number>();
  let looked = first;
  const look = () => {
    for (; looked < client.events.length; looked++) {
      const event = client.events[looked];
      if (event?.type !== "pane_output") continue;
      for (const name of String(event["text"]).split("\n").map((line) => line.trim())) {
        const at = written.get(name);
        if (at !== undefined) delays.set(name, (client.arrivals[looked] ?? 0) - at);
      }
    }
    return delays.size === written.size;
  };
  await client.until("every line", look, LOST_AFTER_MS).catch(() => {});
  return {
    delays: [...delays.values()],
    lost_percent: 100 * (written.size - delays.size) / written.size,
  };
}
