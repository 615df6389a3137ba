/** Threads under the threads that started them. */
import type { ThreadListRow } from "../server/wire.ts";

export interface ThreadNode {
  thread: ThreadListRow;
  sub_agents: ThreadNode[];
}

/** The trees of a list: a thread whose parent is not in it is a root. Both keep the list's order. */
export function threadTrees(threads: readonly ThreadListRow[]): ThreadNode[] {
  const nodes = new Map<string, ThreadNode>(
    threads.map((thread) => [thread.thread_id, { thread, sub_agents: [] }]),
  );
  const roots: ThreadNode[] = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(node.thread.parent_thread_id ?? "");
    if (parent && !isBelow(nodes, { node: parent, above: node })) parent.sub_agents.push(node);
    else roots.push(node);
  }
  return roots;
}

/** Files can say anything: threads that name each other as parents must not make a ring. */
function isBelow(
  nodes: ReadonlyMap<string, ThreadNode>,
  { node, above }: { node: ThreadNode; above: ThreadNode },
): boolean {
  const seen = new Set<ThreadNode>();
  for (let at: ThreadNode | undefined = node; at && !seen.has(at);) {
    if (at === above) return true;
    seen.add(at);
    at = nodes.get(at.thread.parent_thread_id ?? "");
  }
  return false;
}

/** How many threads these are with all below them, and the tokens of all of them. */
export function sumTree(nodes: readonly ThreadNode[]): { count: number; total_tokens: number } {
  const sum = { count: 0, total_tokens: 0 };
  for (const node of nodes) {
    const below = sumTree(node.sub_agents);
    sum.count += 1 + below.count;
    sum.total_tokens += node.thread.total_tokens + below.total_tokens;
  }
  return sum;
}

/** The threads of the first `limit` roots, and whether there are more of them. */
export function upTo(
  threads: readonly ThreadListRow[],
  limit: number,
): { threads: ThreadListRow[]; has_more: boolean } {
  const roots = threadTrees(threads);
  const kept = new Set(roots.slice(0, limit).flatMap(allOf).map(({ thread_id }) => thread_id));
  return {
    threads: threads.filter(({ thread_id }) => kept.has(thread_id)),
    has_more: roots.length > limit,
  };
}

function allOf({ thread, sub_agents }: ThreadNode): ThreadListRow[] {
  return [thread, ...sub_agents.flatMap(allOf)];
}
