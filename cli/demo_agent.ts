/** `codexdash demo-agent`: the program in a demo's panes, for `codexdash demo` and for tests only. */
import { parseArgs } from "node:util";
import { loadConfig, settingOptions } from "../server/config.ts";
import { CodexdashError, errorText } from "../server/error.ts";
import { Agent } from "./demo/agent.ts";

export const help = `Play Codex 0.169 in this pane, without a model and without running anything

Usage: codexdash demo-agent [options]

  --model M        model to show (default gpt-6.1-sol)
  --dir D          working folder to show (default the current one)
  --seed N         which scripted answers (default 0)
  --speed X        how many times faster than recorded (default 1)
  --no-alt-screen  keep the transcript in the pane's scrollback
  --codex-home D   where it writes its session files [CODEX_HOME]

A prompt with mock:plain, slow=S, long=N, exec=CMD, execslow=CMD, escalate=CMD, ask, patch, spawn,
markdown, 500, 401, 429 or usagelimit in it gets exactly that; any other a scripted answer.`;

/** Exit code 0 once the person quits. Throws "invalid" on wrong options or without a terminal. */
export async function run(args: string[]): Promise<number> {
  const { values } = parse(args);
  const config = loadConfig(values);
  if (!Deno.stdin.isTerminal()) {
    throw new CodexdashError(
      "invalid",
      "Cannot play Codex here: run it in a terminal or tmux pane",
    );
  }
  const agent = new Agent({
    codex_home: config.codex_home,
    dir: values.dir ?? Deno.cwd(),
    model: values.model ?? "gpt-6.1-sol",
    seed: number("seed", values.seed ?? "0", 0),
    speed: number("speed", values.speed ?? "1", 0.01),
    inline: values["no-alt-screen"] ?? false,
  });
  await agent.run();
  return 0;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        ...settingOptions(["codex_home"]),
        model: { type: "string" },
        dir: { type: "string" },
        seed: { type: "string" },
        speed: { type: "string" },
        "no-alt-screen": { type: "boolean" },
      },
    });
  } catch (error) {
    throw new CodexdashError("invalid", errorText(error), { cause: error });
  }
}

function number(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text !== "" && value >= min && Number.isFinite(value)) return value;
  throw new CodexdashError(
    "invalid",
    `Cannot use "${text}" for --${name}: it must be a number of at least ${min}`,
  );
}
