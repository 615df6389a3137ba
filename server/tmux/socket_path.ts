/** Where a tmux server's socket lies, to see it come without asking. */
import { join } from "node:path";
import type { TmuxSocket } from "./command.ts";

/** What tmux itself looks at (tmux(1), -L and ENVIRONMENT). */
export interface SocketPlace {
  socket: TmuxSocket;
  /** `$TMUX` of the caller, "" outside of tmux: its part before the first comma is the socket. */
  tmux: string;
  /** `$TMUX_TMPDIR`, "" for the default. */
  tmux_tmpdir: string;
}

/** The path of the socket, whether it exists or not. */
export function tmuxSocketPath({ socket, tmux, tmux_tmpdir }: SocketPlace): string {
  if (socket.includes("/")) return socket;
  const inherited = tmux.split(",")[0];
  if (socket === "" && inherited) return inherited;
  return join(tmux_tmpdir || "/tmp", `tmux-${Deno.uid()}`, socket || "default");
}
