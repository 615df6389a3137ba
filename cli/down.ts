/** `codexdash down`: stops the agents and their tmux session. */
import { join } from "node:path";
import { type Config, settingHelp } from "../server/config.ts";
import { stopSession } from "../server/dispatch/session.ts";
import { OUR_OPTIONS, runSessionWord } from "./session_words.ts";

export const help = `Usage: codexdash down

Stops the agents' tmux session. Turns that run in Codex's own background process go on without their
panes; "codex app-server daemon stop" ends them.

Options:
${settingHelp(OUR_OPTIONS)}

Exit codes: 0 done or nothing to stop, 1 failed, 2 wrong usage; where codexctl does it, its own.`;

/** Returns the exit code. */
export function run(args: string[]): Promise<number> {
  return runSessionWord("down", args, {
    options: { values: [], switches: [], positionals: 0 },
    own: down,
  });
}

async function down(config: Config): Promise<number> {
  const stopped = await stopSession(config);
  console.log(`Session "${config.session}" ${stopped ? "is stopped" : "was not up"}`);
  if (stopped && hasDaemon(config)) {
    console.error(
      "codexdash: Codex's background process still runs, and with it any turn that it was in; " +
        "codex app-server daemon stop ends it",
    );
  }
  return 0;
}

/** Killing a pane does not stop its turn where Codex's daemon runs it (codex.md §2). */
function hasDaemon({ codex_home }: Config): boolean {
  try {
    Deno.statSync(join(codex_home, "app-server-control", "app-server-control.sock"));
    return true;
  } catch {
    return false;
  }
}
