/**
 * One sender at a time types into a pane, across processes: the texts of two would become one prompt,
 * or one's Enter submit half of the other's.
 */
import { dirname, join } from "node:path";
import { CodexdashError } from "../error.ts";

export interface PaneLockOptions {
  /** The data folder; the lock files are in `locks/`. */
  dir: string;
  tmux_socket: string;
  pane_id: string;
  /** Told when there can be no lock file; the work goes on without. */
  onWarning?: ((message: string) => void) | undefined;
}

/** Typing takes a second or two; a sender that was stopped (Ctrl-Z) must not block all others. */
const PATIENCE_MS = 20_000;

/**
 * Runs `work` while nobody else types into the pane. The kernel gives the lock back when its process
 * ends. Throws `CodexdashError` "conflict" when another sender keeps it.
 */
export async function withPaneLock<T>(
  { dir, tmux_socket, pane_id, onWarning }: PaneLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  // Panes of two tmux servers have the same ids.
  const server = tmux_socket.replace(/[^A-Za-z0-9]+/g, "_").slice(-100);
  const path = join(dir, "locks", `pane${server}${pane_id}.lock`);
  const file = openLockFile(path);
  const locked = file ? file.lock(true).then(() => true, () => false) : Promise.resolve(false);
  try {
    if (!await withinPatience(locked, pane_id)) {
      onWarning?.(`Cannot lock "${path}": senders at the same time are not kept apart`);
    }
    return await work();
  } finally {
    void locked.then(() => file?.close());
  }
}

function openLockFile(path: string): Deno.FsFile | undefined {
  try {
    Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return Deno.openSync(path, { write: true, create: true, mode: 0o600 });
  } catch {
    return undefined;
  }
}

async function withinPatience<T>(locked: Promise<T>, pane_id: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `Another sender has been typing into pane ${pane_id} for too long: try again`;
      reject(new CodexdashError("conflict", message));
    }, PATIENCE_MS);
  });
  return await Promise.race([locked, tooLong]).finally(() => clearTimeout(timer));
}
