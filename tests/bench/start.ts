/** From spawning the server to its first 200, with a database that is already there. */
import { TestWorld } from "../support/temp.ts";
import { type Figure, repeat } from "./figure.ts";
import { ServerProcess } from "./process.ts";

export const start: Figure = {
  name: "start",
  measure: async ({ small }) => {
    await using world = new TestWorld();
    await startOnce(world);
    return await repeat(
      small ? 1 : 10,
      [{ name: "start to the first 200", unit: "ms", better: "less", target: 350 }],
      async () => [await startOnce(world)],
    );
  },
};

async function startOnce(world: TestWorld): Promise<number> {
  await using server = await ServerProcess.start(world);
  return server.start_ms;
}
