/**
 * Which pane this process runs in. `TMUX_PANE` alone does not say: Codex's daemon has that of the pane
 * that happened to start it, and every hook of every agent inherits it (codex.md §1.2; REC
 * hooks-daemon). A process in a pane descends from the tmux server, the daemon from init.
 */
import { type SocketPlace, tmuxSocketPath } from "./socket_path.ts";

/** Hook, shell, Codex, npm's launcher, the user's shell, scripts around them. */
const MAX_DEPTH = 32;

/**
 * The pane's id on the tmux server that `socket` names, or else the default one; undefined outside of
 * it, in a daemon, and where /proc does not say. `tmux` and `tmux_pane` are the variables `TMUX`
 * (socket path, process id of the server, session, with commas between) and `TMUX_PANE`.
 */
export function ownPane(
  { tmux, tmux_pane, ...place }: SocketPlace & { tmux_pane: string },
  pid = Deno.pid,
): string | undefined {
  const [, path, id] = /^(.*),(\d+),[^,]*$/s.exec(tmux) ?? [];
  const server = Number(id);
  if (!/^%\d+$/.test(tmux_pane) || path === undefined || server <= 1) return undefined;
  // Another server's panes have the same ids.
  if (path !== tmuxSocketPath({ ...place, tmux: "" })) return undefined;
  let ancestor = pid;
  for (let depth = 0; depth < MAX_DEPTH && ancestor > 1; depth++) {
    ancestor = parentOf(ancestor);
    if (ancestor === server) return tmux_pane;
  }
  return undefined;
}

/** 0 for a process that is gone, or that /proc may not tell of. */
function parentOf(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
