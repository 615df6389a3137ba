/**
 * A sub-agent: a thread of its own with its own rollout, written at once (codex.md §5). The parent's
 * file only says that it started and completed.
 */
import { usage } from "./usage.ts";
import { Thread } from "./thread.ts";

const ANSWER = "Hello from the mock model. This is a plain answer.";

export function runSubAgent(parent: Thread, { name, task }: { name: string; task: string }): void {
  const agent_path = `/root/${name}`;
  const child = new Thread({
    codex_home: parent.codex_home,
    cwd: parent.cwd,
    model: parent.model,
    parent: { thread: parent, agent_path },
  });
  const activity = (kind: "started" | "completed") => ({
    type: "SubAgentActivity",
    id: crypto.randomUUID(),
    kind,
    agent_thread_id: child.id,
    agent_path,
  });
  parent.item(activity("started"));
  child.startTurn();
  child.user(task);
  child.request();
  child.message(ANSWER);
  child.respond(usage(1200, 1000, { output: 85, reasoning: 64 }));
  child.tokenCount();
  child.completeTurn();
  child.close();
  parent.item(activity("completed"));
}
