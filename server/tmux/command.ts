/** The only place that spawns tmux. Always `tmux -u`: in a C locale it prints `_` for anything else. */
import { CodexdashError } from "../error.ts";

/** Joins format fields; titles do not hold it, tabs and `::` they do. */
export const SEPARATOR = "␞";

/** Which tmux server: "" is the user's default one, a name is `-L name`, a path is `-S path`. */
export type TmuxSocket = string;

/** Arguments that come before tmux's command word. */
export function tmuxArgs(socket: TmuxSocket): string[] {
  if (socket === "") return ["-u"];
  return socket.includes("/") ? ["-u", "-S", socket] : ["-u", "-L", socket];
}

export interface TmuxResult {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/**
 * Runs one tmux command. Does not throw when tmux answers with an error (`ok` is false, `stderr` says
 * why); throws `CodexdashError` "unavailable" when there is no tmux program.
 */
export async function tmux(
  socket: TmuxSocket,
  args: readonly string[],
  stdin?: Uint8Array,
): Promise<TmuxResult> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("tmux", {
      args: [...tmuxArgs(socket), ...args],
      stdin: stdin ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw noTmux(error);
  }
  if (stdin) {
    const writer = child.stdin.getWriter();
    await writer.write(stdin).then(() => writer.close()).catch(() => {});
  }
  const output = await child.output();
  const decoder = new TextDecoder();
  return {
    ok: output.success,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr).trim(),
  };
}

/**
 * Runs a tmux command in the terminal that we run in, as `attach-session` needs it, and returns its exit
 * code. Throws `CodexdashError` "unavailable" when there is no tmux program.
 */
export async function tmuxInTerminal(socket: TmuxSocket, args: readonly string[]): Promise<number> {
  // tmux itself is told by the terminal; we only must not end before it.
  const ignore = () => {};
  Deno.addSignalListener("SIGINT", ignore);
  try {
    const command = new Deno.Command("tmux", {
      args: [...tmuxArgs(socket), ...args],
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    });
    return (await command.spawn().status).code;
  } catch (error) {
    throw noTmux(error);
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

function noTmux(cause: unknown): CodexdashError {
  return new CodexdashError("unavailable", "Cannot run tmux: install it (apt install tmux)", {
    cause,
  });
}
