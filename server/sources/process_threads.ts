/**
 * Which threads a pane's own processes hold: an embedded Codex keeps `thread-writer-locks/<id>.lock`
 * open from a thread's creation on, and its session file from the first turn on (codex.md §13; REC
 * proc-fds-nodaemon). With Codex's shared daemon the pane holds neither.
 */

const LOCK = /\/thread-writer-locks\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.lock$/;
const ROLLOUT = /\/rollout-[^/]*-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;

/** npm's launcher, Codex itself, a wrapper script around them: deeper is not Codex any more. */
const MAX_DEPTH = 4;

/** The ids of threads that `pid` or a descendant of it holds open; none where /proc does not say. */
export function heldThreads(pid: number): Set<string> {
  const threads = new Set<string>();
  visit(pid, MAX_DEPTH, threads);
  return threads;
}

function visit(pid: number, depth: number, threads: Set<string>): void {
  for (const target of openFiles(pid)) {
    const id = (LOCK.exec(target) ?? ROLLOUT.exec(target))?.[1];
    if (id) threads.add(id);
  }
  if (depth === 0) return;
  for (const child of childrenOf(pid)) visit(child, depth - 1, threads);
}

function openFiles(pid: number): string[] {
  const dir = `/proc/${pid}/fd`;
  return listDir(dir).flatMap((name) => {
    try {
      return [Deno.readLinkSync(`${dir}/${name}`)];
    } catch {
      return [];
    }
  });
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
