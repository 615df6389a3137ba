/** Threads as rows, each with the sub-agents below it. A row is one link. */
import type { ThreadListRow } from "../server/wire.ts";
import { formatCount } from "./format.ts";
import { threadPath } from "./links.ts";
import { sumTree, type ThreadNode } from "./thread_tree.ts";
import { forkName, modelWords, threadAgent, threadName } from "./thread_words.ts";
import { Age } from "./times.tsx";
import { TurnBadge } from "./turn_status.tsx";

/** So many sub-agents are shown at once; more are one press away. */
const OPEN_SUB_AGENTS = 6;

interface ThreadTreesProps {
  nodes: readonly ThreadNode[];
  label: string;
  /** In a narrow column: names and tokens only. */
  is_small?: boolean;
}

export function ThreadTrees({ nodes, label, is_small = false }: ThreadTreesProps) {
  return (
    <ul class={is_small ? "threads small" : "threads"} aria-label={label}>
      {nodes.map((node) => <Tree key={node.thread.thread_id} node={node} is_small={is_small} />)}
    </ul>
  );
}

function Tree({ node, is_small }: { node: ThreadNode; is_small: boolean }) {
  const { thread, sub_agents } = node;
  const below = sumTree(sub_agents);
  return (
    <li>
      <ThreadLine thread={thread} is_small={is_small} />
      {sub_agents.length > 0 && (
        <details class="below" open={below.count <= OPEN_SUB_AGENTS}>
          <summary>
            {below.count} {below.count === 1 ? "sub-agent" : "sub-agents"},{" "}
            {formatCount(below.total_tokens)} tokens of their own
          </summary>
          <ul class="threads">
            {sub_agents.map((child) => (
              <Tree key={child.thread.thread_id} node={child} is_small={is_small} />
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function ThreadLine({ thread, is_small }: { thread: ThreadListRow; is_small: boolean }) {
  const fork = forkName(thread);
  const { turn_status } = thread;
  const is_sub_agent = thread.parent_thread_id !== null;
  return (
    <div class="thread-line">
      <a class="thread-name" href={threadPath(thread.thread_id)} dir="auto" data-row>
        {threadName(thread)}
      </a>
      {fork !== null && <p class="fork-of" dir="auto">{fork}</p>}
      <p class="thread-facts">
        <span>
          {turn_status !== null && turn_status !== "done" && <TurnBadge status={turn_status} />}
        </span>
        <span class={thread.agent === null ? "unmapped" : undefined}>
          {!is_sub_agent && <bdi>{threadAgent(thread)}</bdi>}
        </span>
        <span>{modelWords(thread)}</span>
        <span class="number">
          {!is_small && `${thread.turns} ${thread.turns === 1 ? "turn" : "turns"}`}
        </span>
        <span class="number">{formatCount(thread.total_tokens || null)} tokens</span>
        <span class="number">
          <Age ts={thread.updated_ts} />
        </span>
      </p>
    </div>
  );
}
