/**
 * Which threads a process works on: Codex keeps `thread-writer-locks/<id>.lock` open and locked from a
 * thread's creation on, and its session file open from the first turn on (codex.md §2, §13; REC
 * proc-fds-nodaemon, proc-fds-daemon). With Codex's shared daemon it is the daemon that holds both;
 * 0.101 and 0.141 have no locks and hold the session file.
 */

const LOCK = /\/thread-writer-locks\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.lock$/;
const ROLLOUT = /\/rollout-[^/]*-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;

/** npm's launcher, Codex itself, a wrapper script around them: deeper is not Codex any more. */
const MAX_DEPTH = 4;

/** Processes looked at between two breaths: about 1 ms. */
const PROCESSES_AT_ONCE = 20;

/** The ids of threads that `pid` or a descendant of it holds open; none where /proc does not say. */
export function heldThreads(pid: number): Set<string> {
  const threads = new Set<string>();
  visit(pid, MAX_DEPTH, threads);
  return threads;
}

/** The ids of threads that any process holds open that /proc lets us look into. */
export async function allHeldThreads(): Promise<Set<string>> {
  const threads = new Set<string>();
  const pids = listDir("/proc").filter((name) => /^\d+$/.test(name));
  for (const [index, pid] of pids.entries()) {
    addOpen(Number(pid), threads);
    if (index % PROCESSES_AT_ONCE === 0) await new Promise((done) => setTimeout(done, 0));
  }
  return threads;
}

function visit(pid: number, depth: number, threads: Set<string>): void {
  addOpen(pid, threads);
  if (depth === 0) return;
  for (const child of childrenOf(pid)) visit(child, depth - 1, threads);
}

function addOpen(pid: number, threads: Set<string>): void {
  const dir = `/proc/${pid}/fd`;
  for (const name of listDir(dir)) {
    try {
      const target = Deno.readLinkSync(`${dir}/${name}`);
      const id = (LOCK.exec(target) ?? ROLLOUT.exec(target))?.[1];
      if (id) threads.add(id);
    } catch {
      // It was closed meanwhile.
    }
  }
}

/** Every thread of a process can have children (proc(5), /proc/pid/task/tid/children). */
function childrenOf(pid: number): number[] {
  return listDir(`/proc/${pid}/task`).flatMap((tid) => {
    try {
      const text = Deno.readTextFileSync(`/proc/${pid}/task/${tid}/children`);
      return text.split(" ").filter((child) => child !== "").map(Number);
    } catch {
      return [];
    }
  });
}

/** Names in a folder of a process that may end at any moment. */
function listDir(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].map(({ name }) => name);
  } catch {
    return [];
  }
}
