/**
 * Whether anybody is left who could write a thread's session file. "Nobody" has to be proven: where a
 * process may be hidden from us, in another user's name or on another machine, the answer is that
 * somebody may.
 */
import { promises as fs } from "node:fs";
import { basename, dirname, join } from "node:path";
import { allHeldThreads } from "./process_threads.ts";

export interface ThreadFile {
  thread_id: string;
  /** Its session file. */
  rollout: string;
}

/** `statfs` types of NFS, SMB, CIFS, FUSE (sshfs) and 9P: a lock there can be another machine's. */
const REMOTE_TYPES: ReadonlySet<number> = new Set([
  0x6969,
  0xfe534d42,
  0xff534d42,
  0x65735546,
  0x01021997,
]);

/** Of these threads the ones that nobody writes any more: neither lock nor file is held. */
export async function abandonedThreads(files: readonly ThreadFile[]): Promise<Set<string>> {
  const locks = lockedInodes();
  if (!locks) return new Set();
  const held = await allHeldThreads();
  const abandoned = new Set<string>();
  for (const file of files) {
    if (held.has(file.thread_id) || locks.has(inodeOf(lockPath(file)) ?? -1)) continue;
    if (await isLocal(file)) abandoned.add(file.thread_id);
  }
  return abandoned;
}

/** Inodes of all locked files, of every user (proc(5), /proc/locks); undefined without Linux's /proc. */
function lockedInodes(): Set<number> | undefined {
  try {
    const rows = Deno.readTextFileSync("/proc/locks").split("\n");
    return new Set(rows.map((row) => Number(/ [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(row)?.[1])));
  } catch {
    return undefined;
  }
}

/** `$CODEX_HOME/thread-writer-locks/<id>.lock` for a file anywhere below `$CODEX_HOME/sessions`. */
function lockPath({ rollout, thread_id }: ThreadFile): string {
  const home = homeOf(rollout);
  return join(home, "thread-writer-locks", `${thread_id}.lock`);
}

function homeOf(rollout: string): string {
  for (let dir = dirname(rollout); dir !== dirname(dir); dir = dirname(dir)) {
    const name = basename(dir);
    if (name === "sessions" || name === "archived_sessions") return dirname(dir);
  }
  return dirname(rollout);
}

function inodeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).ino ?? undefined;
  } catch {
    return undefined;
  }
}

/** Whether its writers are processes of this machine that we may look into: our own, unless root. */
async function isLocal({ rollout }: ThreadFile): Promise<boolean> {
  try {
    const { uid } = Deno.statSync(rollout);
    if (Deno.uid() !== 0 && uid !== Deno.uid()) return false;
    return !REMOTE_TYPES.has((await fs.statfs(rollout)).type);
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
