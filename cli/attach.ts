/** `codexdash attach`: opens the agents' tmux session in this terminal. */
import { type Config, settingHelp } from "../server/config.ts";
import { CodexdashError } from "../server/error.ts";
import { isUp } from "../server/dispatch/session.ts";
import { tmux, tmuxInTerminal } from "../server/tmux/command.ts";
import { OUR_OPTIONS, runSessionWord } from "./session_words.ts";

export const help = `Usage: codexdash attach

Opens the agents' tmux session in this terminal; inside tmux, switches to it. Detach with Ctrl-b d.

Options:
${settingHelp(OUR_OPTIONS)}

Exit codes: those of tmux; 1 when the session is not up; where codexctl does it, its own.`;

/** Returns the exit code. */
export function run(args: string[]): Promise<number> {
  return runSessionWord("attach", args, {
    options: { values: [], switches: [], positionals: 0 },
    own: attachSession,
  });
}

/** Returns tmux's exit code. Throws `CodexdashError` "not_found" when the session is not up. */
export async function attachSession(config: Config): Promise<number> {
  const { session, tmux_socket } = config;
  if (!await isUp(config)) {
    throw new CodexdashError(
      "not_found",
      `Cannot attach to session "${session}": it is not up; start it with codexdash up`,
    );
  }
  const word = await isInside(config) ? "switch-client" : "attach-session";
  return await tmuxInTerminal(tmux_socket, [word, "-t", `=${session}`]);
}

/** Whether this terminal is a pane of the same tmux server, which refuses to attach to itself. */
async function isInside(config: Config): Promise<boolean> {
  const [inside] = config.tmux.split(",");
  if (!inside) return false;
  const { stdout } = await tmux(config.tmux_socket, ["display-message", "-p", "#{socket_path}"]);
  return stdout.trim() === inside;
}
