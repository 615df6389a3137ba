/**
 * What a model's tool calls do: nothing but rows on the face and lines in the rollout. No command runs,
 * no file is written; an approval therefore allows nothing.
 */
import * as cells from "./cells.ts";
import { approvalDialog, APPROVE_ALWAYS, DENY, questionDialog } from "./dialogs.ts";
import type { Face } from "./face.ts";
import { commandExecution } from "./lines.ts";
import { type Pace, Stopped } from "./pace.ts";
import type { Tool } from "./steps.ts";
import { runSubAgent } from "./sub_agent.ts";
import type { Thread } from "./thread.ts";

export interface Stage {
  thread: Thread;
  face: Face;
  pace: Pace;
  allowed: Set<string>;
  lastKey: () => number;
  /** Whether it was stopped because a prompt joined the turn. */
  joined: () => boolean;
}

/** Codex shows a dialog only this long after the last key (REC control-mode-approval). */
const TYPING_MS = 1000;

/** Plays one tool; calls `responded` once its call is written. */
export async function useTool(tool: Tool, stage: Stage, responded: () => void): Promise<void> {
  switch (tool.kind) {
    case "command":
      return await runCommand(tool, stage, responded);
    case "patch":
      return await addFile(tool, stage, responded);
    case "question":
      return await askQuestion(tool, stage, responded);
    case "spawn":
      return spawnAgent(tool, stage, responded);
    case "wait_for_agents":
      return waitForAgents(tool, stage, responded);
    default:
      tool satisfies never;
  }
}

type Command = Tool & { kind: "command" };

async function runCommand(tool: Command, stage: Stage, responded: () => void): Promise<void> {
  const { thread, face, pace } = stage;
  const { shell, reason, ms } = tool;
  const asks = reason !== undefined && !stage.allowed.has(firstWord(shell));
  const call_id = thread.execCall(execScript(tool));
  responded();
  const started = Date.now();
  const elapsed = () => Date.now() - started;
  if (asks) {
    face.runs(shell);
    if (!await approved(shell, reason, stage)) {
      face.add(cells.canceled(shell), cells.ran(shell, "", 1));
      thread.execAborted(call_id, elapsed() / 1000);
      throw new Stopped();
    }
  } else {
    face.background(1);
  }
  const finish = () => {
    if (!asks) face.background(-1);
    face.runs(undefined);
    const process_id = `${10_000 + started % 80_000}`;
    thread.item(commandExecution(thread.cwd, { ...tool, process_id }), started);
    face.add(cells.ran(shell, tool.output, tool.exit_code));
  };
  const since = elapsed();
  try {
    await pace.wait(ms);
  } catch (error) {
    if (stage.joined()) {
      // It goes on behind the turn and may end after it (REC pane-busy-second-prompt).
      setTimeout(finish, ms / pace.speed - (elapsed() - since));
    } else {
      if (!asks) face.background(-1);
      thread.execAborted(call_id, elapsed() / 1000);
    }
    throw error;
  }
  finish();
  thread.execOutput(call_id, tool.output, elapsed() / 1000);
}

async function approved(shell: string, reason: string, stage: Stage): Promise<boolean> {
  const { face, allowed } = stage;
  face.report("blocked:kind=permission");
  await untilTypingStops(stage);
  const choice = await face.ask(approvalDialog(shell, reason));
  face.report("working");
  if (choice === DENY) {
    face.runs(undefined);
    return false;
  }
  if (choice === APPROVE_ALWAYS) allowed.add(firstWord(shell));
  face.add(cells.approved(shell, choice === APPROVE_ALWAYS ? "always" : "once"));
  return true;
}

async function addFile(
  { path, lines }: Tool & { kind: "patch" },
  { thread, face, pace }: Stage,
  responded: () => void,
): Promise<void> {
  const patch = [
    "*** Begin Patch",
    `*** Add File: ${path}`,
    ...lines.map((line) => `+${line}`),
    "*** End Patch\n",
  ].join("\n");
  const call_id = thread.execCall(`text(await tools.apply_patch(${JSON.stringify(patch)}));\n`);
  responded();
  const started = Date.now();
  await pace.wait(100);
  thread.item({
    type: "FileChange",
    id: `exec-${crypto.randomUUID()}`,
    changes: {
      [`${thread.cwd}/${path}`]: {
        type: "add",
        content: lines.map((line) => `${line}\n`).join(""),
      },
    },
    status: "completed",
    stdout: `Success. Updated the following files:\nA ${path}\n`,
    stderr: "",
  }, started);
  face.add(cells.added(path, lines));
  thread.execOutput(call_id, "{}", (Date.now() - started) / 1000);
}

/** Only Plan mode may ask; in Default mode the model is told so (REC rollout-queue-and-question). */
async function askQuestion(
  { question, options }: Tool & { kind: "question" },
  stage: Stage,
  responded: () => void,
): Promise<void> {
  const { thread, face } = stage;
  const call_id = thread.functionCall("request_user_input", "functions", {
    questions: [{ id: "q1", header: "Choice", question, options }],
  });
  responded();
  if (!thread.plan) {
    return thread.functionOutput(call_id, "request_user_input is unavailable in Default mode");
  }
  face.report("blocked:kind=question");
  await untilTypingStops(stage);
  const choice = await face.ask(questionDialog({ question, options }));
  face.report("working");
  if (choice > options.length) throw new Stopped();
  const { label, description } = options[choice] ?? { label: "None of the above", description: "" };
  thread.retained({
    type: "verified_answer",
    turn_id: thread.turn.id,
    call_id,
    questions: [{ question: `${question}\n${label}: ${description}`, answer: label }],
    acceptance_order: 1,
  });
  thread.functionOutput(call_id, JSON.stringify({ answers: { q1: { answers: [label] } } }));
  face.add(cells.answered(question, label));
}

function spawnAgent(
  { name, task }: Tool & { kind: "spawn" },
  { thread, face }: Stage,
  responded: () => void,
): void {
  const call_id = thread.functionCall("spawn_agent", "collaboration", {
    message: task,
    task_name: name,
  });
  responded();
  runSubAgent(thread, { name, task });
  face.footer.tree = true;
  face.add(cells.activity("Started", `/root/${name}`));
  thread.functionOutput(call_id, JSON.stringify({ task_name: name }));
}

function waitForAgents(
  { name }: Tool & { kind: "wait_for_agents" },
  { thread, face }: Stage,
  responded: () => void,
): void {
  const call_id = thread.functionCall("wait_agent", "collaboration", { timeout_ms: 10_000 });
  responded();
  face.add(
    cells.activity("Waiting for agents"),
    cells.activity("Completed", `/root/${name}`),
    cells.activity("Finished waiting", undefined, "No agents completed yet"),
  );
  thread.functionOutput(call_id, JSON.stringify({ timed_out: false }));
}

async function untilTypingStops({ pace, lastKey }: Stage): Promise<void> {
  for (;;) {
    const left = lastKey() + TYPING_MS / pace.speed - Date.now();
    if (left <= 0) return;
    await pace.wait(left * pace.speed);
  }
}

function firstWord(shell: string): string {
  return shell.split(" ")[0] ?? "";
}

function execScript({ shell, reason }: Command): string {
  const call = {
    cmd: shell,
    yield_time_ms: 10_000,
    ...reason === undefined ? {} : {
      sandbox_permissions: "require_escalated",
      justification: reason,
      prefix_rule: [firstWord(shell)],
    },
  };
  return `const r = await tools.exec_command(${JSON.stringify(call)});\ntext(r.output);\n`;
}
