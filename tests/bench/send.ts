/** What `codexdash send` adds to the codexctl that it hands over to. */
import { join } from "node:path";
import { TestWorld } from "../support/temp.ts";
import { type Figure, median, repeat } from "./figure.ts";

const HERE = import.meta.dirname ?? ".";
const CODEXCTL = join(HERE, "../support/codexctl");
const MAIN = join(HERE, "../../main.ts");
const ARGS = ["send", "fast", "--wait", "0", "say hello"];

export const send: Figure = {
  name: "send",
  measure: async ({ small }) => {
    await using world = new TestWorld();
    const empty = join(world.dir, "empty.ts");
    await Deno.writeTextFile(empty, "");
    const programs = [
      [CODEXCTL, ...ARGS],
      [Deno.execPath(), "run", "-A", "--no-check", MAIN, ...ARGS],
      [Deno.execPath(), "run", "-A", "--no-check", empty],
    ];
    return await repeat(
      small ? 1 : 3,
      [
        { name: "codexdash send over codexctl", unit: "ms", better: "less", target: 59 },
        { name: "an empty Deno program", unit: "ms", better: "less" },
      ],
      async () => {
        const [codexctl = 0, codexdash = 0, deno = 0] = await timeEach(
          world,
          programs,
          small ? 2 : 20,
        );
        return [codexdash - codexctl, deno];
      },
    );
  },
};

/** The median of each, taken in turns so that a slow moment hits all alike. */
async function timeEach(world: TestWorld, programs: string[][], times: number): Promise<number[]> {
  const taken: number[][] = programs.map(() => []);
  for (let time = 0; time < times; time++) {
    for (const [index, [program = "", ...args]] of programs.entries()) {
      const started = performance.now();
      const { code, stderr } = await new Deno.Command(program, {
        args,
        env: world.env({
          CODEXDASH_CODEXCTL: CODEXCTL,
          CODEXDASH_DRIVER: "codexctl",
          STANDIN_DIR: world.dir,
        }),
        clearEnv: true,
        stdin: "null",
      }).output();
      taken[index]?.push(performance.now() - started);
      if (code !== 0) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
    }
  }
  return taken.map(median);
}
