/** Words that are codexctl's: they pass through to it, with everything untouched. */
import { type Config, loadConfig } from "../server/config.ts";
import { chooseDriver } from "../server/dispatch/codexctl.ts";
import { runCodexctl } from "../server/dispatch/codexctl_run.ts";
import { codexctlEnv } from "../server/dispatch/mirror.ts";

export const help = `Usage: codexdash <any word of codexctl> …

Runs codexctl with the same words; its output, exit code and signals pass through.`;

/** Runs a word that is not ours. Returns codexctl's exit code, or 2 where there is no codexctl. */
export async function run(args: string[]): Promise<number> {
  const code = await passThrough(args, loadConfig());
  if (code !== undefined) return code;
  console.error(
    `codexdash: there is no command "${args[0]}", and no codexctl that could know it; see ` +
      "codexdash --help",
  );
  return 2;
}

/** Runs codexctl; undefined where the built-in driver does its work. */
export async function passThrough(args: string[], config: Config): Promise<number | undefined> {
  const driver = chooseDriver(config);
  if (driver.driver === "builtin") return undefined;
  return await runCodexctl({
    path: driver.path,
    args,
    env: args[0] === "attach" ? {} : await codexctlEnv(config),
    stdin: "inherit",
    signals: true,
  }).done;
}
