/** `codexdash ids`: which agent is in which pane. */
import { type Config, loadConfig, settingHelp } from "../server/config.ts";
import { tmux } from "../server/tmux/command.ts";
import { type AgentPane, listAgents } from "../server/tmux/panes.ts";
import { readWords, type WordOptions } from "./codexctl_words.ts";
import { OUR_OPTIONS, runSessionWord } from "./session_words.ts";

export const help = `Usage: codexdash ids [--json]

Lists the panes of the agents' window, then every agent with its index (@1), name and pane.

Options:
  --json             one JSON array of {index, agent, pane_id, window_name, session, current_command}
${settingHelp(OUR_OPTIONS)}

Exit codes: 0 done, 1 failed, 2 wrong usage; where codexctl does it (never --json), its own.`;

const WORDS: WordOptions = {
  values: [],
  switches: [],
  our_switches: ["json"],
  positionals: 0,
};

/** Returns the exit code. Throws `CodexdashError` "not_found" when the session is not up. */
export async function run(args: string[]): Promise<number> {
  const { our_flags } = readWords(args, WORDS);
  if (our_flags["json"]) return await printJson(loadConfig(our_flags));
  return await runSessionWord("ids", args, { options: WORDS, own: printTable });
}

async function printJson({ tmux_socket, session }: Config): Promise<number> {
  const agents = await listAgents(tmux_socket, session);
  console.log(JSON.stringify(agents.map((
    { index, agent, pane_id, window_name, session, current_command },
  ) => ({ index, agent, pane_id, window_name, session, current_command }))));
  return 0;
}

/** As codexctl prints it (REC codexctl-ids), but with the agents of all windows and no dead map. */
async function printTable({ tmux_socket, session, up_window }: Config): Promise<number> {
  const agents = await listAgents(tmux_socket, session);
  const format =
    "#{pane_index} #{pane_id} #{pane_title} #{pane_current_command} #{pane_current_path}";
  const target = `=${session}:${up_window}`;
  const panes = await tmux(tmux_socket, ["list-panes", "-t", target, "-F", format]);
  console.log(`SESSION=${session}  WINDOW=${up_window}`);
  console.log(`AGENTS=${agents.map(({ agent }) => agent).join(",")}`);
  console.log(`\n${panes.ok ? panes.stdout : ""}`);
  for (const agent of agents) console.log(agentLine(agent));
  return 0;
}

function agentLine({ index, agent, pane_id }: AgentPane): string {
  return `@${String(index).padEnd(2)} ${agent.padEnd(11)} pane=${pane_id.padEnd(7)}`;
}
