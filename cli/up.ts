/** `codexdash up`: starts the agents in a tmux session of their own. */
import { type Config, settingHelp } from "../server/config.ts";
import { startSession } from "../server/dispatch/session.ts";
import { attachSession } from "./attach.ts";
import type { Words } from "./codexctl_words.ts";
import { OUR_OPTIONS, runSessionWord } from "./session_words.ts";

export const help = `Usage: codexdash up [options]

Starts a tmux session with a CTRL pane and one pane for each agent, or with --windows one window for
each. Where there is a codexctl, it does that; either tool understands the other's session.

Options:
${settingHelp(["up_dir", "up_agents", "up_profiles", "up_models", "up_layout", "up_window"])}
  --windows          a window for each agent instead of a pane
${settingHelp(["codex_args", "codex_bin", "codex_home"])}
  --thread-titles    agents name their threads in their titles; each is then a Codex of its own and not
                     part of Codex's shared daemon. codexdash doctor prints the line for config.toml
                     that does the same without that. Never by codexctl
  --unsafe           agents neither ask for approval nor run in a sandbox
  --attach           open the session here (default in a terminal); --noattach does not
${settingHelp(OUR_OPTIONS)}

Exit codes: 0 done, 1 failed, 2 wrong usage; where codexctl does it, its own.`;

/** Returns the exit code. Throws `CodexdashError` when the session cannot be started. */
export function run(args: string[]): Promise<number> {
  return runSessionWord("up", args, {
    options: {
      our_switches: ["thread-titles"],
      values: [
        ...["dir", "agents", "profiles", "models", "layout", "args"],
        // codexctl takes these from the environment only, and says so itself.
        ...["window", "codex-bin", "codex-home"],
      ],
      switches: ["windows", "unsafe", "attach", "noattach"],
      positionals: 0,
    },
    own: up,
    not_codexctl: "thread-titles",
  });
}

async function up(config: Config, { flags }: Words): Promise<number> {
  const agents = await startSession(config, {
    windows: flags["windows"] === true,
    unsafe: flags["unsafe"] === true,
    thread_titles: flags["thread-titles"] === true,
    onNotice: (message) => console.error(`codexdash: ${message}`),
  });
  for (const { agent, pane_id } of agents) console.log(`${agent} ${pane_id}`);
  const terminal = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  const attach = flags["attach"] === true || (terminal && flags["noattach"] !== true);
  return attach ? await attachSession(config) : 0;
}
