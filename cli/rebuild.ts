/** `codexdash rebuild`: agents and jobs once more from the event log. */
import { existsSync } from "node:fs";
import { loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import { CodexdashError } from "../server/error.ts";
import { takeAlone } from "../server/store/alone.ts";
import { rebuild } from "../server/store/commit.ts";
import { openStore } from "../server/store/db.ts";
import { EXIT_CODES, parseCommand } from "./args.ts";
import { findServer } from "./server_link.ts";
import { print } from "./terminal.ts";

const SETTINGS = ["dir", "db"] as const;

export const help = `Usage: codexdash rebuild

Makes agents and jobs again from the event log, by the rules of this version. Events stay as they are.
The server must be stopped first.

${settingHelp(SETTINGS)}

${EXIT_CODES}`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseCommand(args, {
    word: "rebuild",
    options: settingOptions(SETTINGS),
  });
  const config = loadConfig(values);
  if (!existsSync(config.db)) {
    throw new CodexdashError("unavailable", `Cannot rebuild "${config.db}": there is no database`);
  }
  const server = await findServer(config.dir);
  if (server) {
    throw new CodexdashError(
      "conflict",
      `Cannot rebuild while the server runs: stop it first (kill ${server.pid})`,
    );
  }
  using store = openStore(config.db);
  if (!takeAlone(store)) {
    throw new CodexdashError(
      "conflict",
      `Cannot rebuild "${config.db}": another program has it open; end that first`,
    );
  }
  const started = performance.now();
  const count = rebuild(store);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  print(`Rebuilt agents and jobs from ${count} events in ${seconds} s`);
  return 0;
}
