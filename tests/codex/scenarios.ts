/**
 * What the local model answers. A prompt picks its scenario by a word: `mock:plain`,
 * `mock:slow=<seconds>`, `mock:long=<lines>`, `mock:hold=<name>` (streams half an answer and waits
 * for the test's `release(name)`), `mock:exec=<command>`, `mock:execslow=<command>`,
 * `mock:execbg=<command>` (does not wait for its end), `mock:escalate=<command>` (asks the person),
 * `mock:patch=<new file>`, `mock:ask` (a question to the person), `mock:plan`,
 * `mock:spawn=<child's prompt>`, `mock:markdown`, `mock:big` (a full context), and those that fail:
 * `mock:ctx`, `mock:failed`, `mock:drop`, and the HTTP answers of `REFUSALS`. A word ending in `once`
 * fails at the first attempt only. The words and the token counts are those of the recordings in
 * tests/testdata/codex.
 */
import { Answer, type Usage } from "./answer.ts";

export const USAGE = {
  plain: { input: 1200, cached: 1000, output: 85, reasoning: 64 },
  tool_step: { input: 1500, cached: 1100, output: 40, reasoning: 16 },
  after_tool: { input: 1700, cached: 1500, output: 25, reasoning: 0 },
  title: { input: 300, cached: 0, output: 12, reasoning: 0 },
  compact: { input: 2100, cached: 0, output: 130, reasoning: 32 },
  big: { input: 150_000, cached: 100_000, output: 900, reasoning: 300 },
} as const satisfies Record<string, Usage>;

/** As a ChatGPT plan sends them: 12.5 % of five hours and 41 % of a week are used. */
export const LIMIT_HEADERS: Record<string, string> = {
  "x-codex-primary-used-percent": "12.5",
  "x-codex-primary-window-minutes": "300",
  "x-codex-primary-reset-at": "1900000000",
  "x-codex-secondary-used-percent": "41",
  "x-codex-secondary-window-minutes": "10080",
  "x-codex-secondary-reset-at": "1900500000",
};

/** An answer that is an HTTP error and no stream. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
  /** More of the error's own fields. */
  fields?: object;
  headers?: HeadersInit;
}

export const REFUSALS: Readonly<Partial<Record<string, Refusal>>> = {
  429: {
    status: 429,
    code: "rate_limit_exceeded",
    message: "Rate limit reached (mock)",
    headers: { "retry-after": "1" },
  },
  500: { status: 500, code: "server_error", message: "The server had an error (mock)" },
  401: { status: 401, code: "invalid_api_key", message: "Incorrect API key provided (mock)" },
  usagelimit: {
    status: 429,
    code: "usage_limit_reached",
    message: "The usage limit has been reached",
    fields: { plan_type: "pro", resets_at: 1_900_000_000 },
    headers: { ...LIMIT_HEADERS, "x-codex-primary-used-percent": "100" },
  },
  quota: {
    status: 429,
    code: "insufficient_quota",
    message: "You exceeded your current quota (mock)",
  },
};

/** One request, as far as a scenario needs to know it. */
export interface Turn {
  answer: Answer;
  /** What follows the `=` of the scenario's word, to the end of its line. */
  value: string;
  /** Outputs of the tools called since the person's last message: its length is the step. */
  outputs: unknown[];
  /** Tools on offer, "namespace.name" or "name". */
  tools: string[];
  /** Resolves after this many milliseconds, or at once when the model stops. */
  pause: (ms: number) => Promise<void>;
  /** Resolves when the test releases the name. */
  held: (name: string) => Promise<void>;
  /** Breaks the connection in the middle of the stream. */
  cut: () => void;
}

export type Scenario = (turn: Turn) => void | Promise<void>;

export const SCENARIOS: Readonly<Partial<Record<string, Scenario>>> = {
  plain: (turn) => finish(turn, ["Hello from the mock model. ", "This is a plain answer."]),
  title: (turn) => finish(turn, [JSON.stringify({ title: "Mock task title" })], USAGE.title),
  compact: (turn) => finish(turn, ["What was done so far."], USAGE.compact),
  slow: (turn) => {
    const pieces = 12;
    const pause_ms = (number(turn.value) ?? 6) * 1000 / pieces;
    const piece = (i: number) => `slow chunk ${i} of ${pieces}. `;
    turn.answer.reasoning("**Planning the mock step**\n\nMock reasoning summary.");
    return finish(turn, paced(turn, { pieces, pause_ms, piece }));
  },
  hold: (turn) => finish(turn, halves(turn)),
  long: (turn) => {
    const piece = (i: number) =>
      `line ${String(i).padStart(4, "0")}: the quick brown fox jumps over the lazy dog\n`;
    return finish(turn, paced(turn, { pieces: number(turn.value) ?? 200, pause_ms: 2, piece }));
  },
  markdown: (turn) =>
    finish(turn, [
      "# Heading\n\n",
      "Some **bold** text and `code`.\n\n",
      "```ts\nconst x: number = 1;\n```\n\n",
      "| a | b |\n|---|---|\n| 1 | 2 |\n\n",
      "- item one\n- item two\n",
    ]),
  big: (turn) => finish(turn, ["A turn that used a lot of context."], USAGE.big),
  exec: (turn) =>
    afterTool(turn, ["Command finished, ", "all good."], () => {
      turn.answer.reasoning("**Planning the mock step**\n\nMock reasoning summary.");
      runCommand(turn, turn.value || "echo hello-from-mock");
    }),
  execslow: (turn) =>
    afterTool(turn, ["Slow command finished."], async () => {
      await turn.answer.message(["I will run a command first."], "commentary");
      runCommand(turn, turn.value || "sleep 4; echo done");
    }),
  execbg: (turn) =>
    afterTool(
      turn,
      ["It runs in the background."],
      () => runCommand(turn, turn.value || "sleep 2; echo late", { yield_time_ms: 250 }),
    ),
  escalate: (turn) =>
    afterTool(
      turn,
      ["Escalated command handled."],
      () =>
        runCommand(turn, turn.value || "touch escalated.txt", {
          sandbox_permissions: "require_escalated",
          justification: "Do you want to allow this mock command to run outside the sandbox?",
          prefix_rule: ["touch"],
        }),
    ),
  patch: (turn) =>
    afterTool(turn, ["Patch handled."], () => {
      const file = turn.value || "hello.txt";
      const patch = `*** Begin Patch\n*** Add File: ${file}\n+hello from the mock\n*** End Patch\n`;
      if (inCodeMode(turn)) runScript(turn, `text(await tools.apply_patch(${quote(patch)}));\n`);
      else turn.answer.custom("apply_patch", patch);
    }),
  plan: (turn) =>
    afterTool(turn, ["Plan updated."], () =>
      turn.answer.call(toolNamed(turn, "update_plan"), {
        explanation: "mock plan",
        plan: [
          { step: "first", status: "completed" },
          { step: "second", status: "in_progress" },
          { step: "third", status: "pending" },
        ],
      })),
  ask: (turn) =>
    afterTool(
      turn,
      ["Answer received."],
      () =>
        turn.answer.call(toolNamed(turn, "request_user_input"), {
          questions: [{
            id: "q1",
            header: "Choice",
            question: "Which option do you want?",
            options: [
              { label: "Option A (Recommended)", description: "first" },
              { label: "Option B", description: "second" },
            ],
          }],
        }),
    ),
  spawn: (turn) => {
    if (turn.outputs.length === 1) {
      turn.answer.call(toolNamed(turn, "wait_agent"), { timeout_ms: 10_000 });
      return turn.answer.completed(USAGE.tool_step);
    }
    return afterTool(
      turn,
      ["Sub-agent finished."],
      () =>
        turn.answer.call(toolNamed(turn, "spawn_agent"), {
          message: turn.value || "mock:plain child task",
          task_name: "child_one",
        }),
    );
  },
  ctx: ({ answer }) =>
    answer.failed(
      "context_length_exceeded",
      "Your input exceeds the context window of this model. (mock)",
    ),
  failed: ({ answer }) => answer.failed("server_error", "mock server_error"),
  drop: (turn) => turn.answer.message(cutShort(turn)),
};

async function finish(
  turn: Turn,
  pieces: Iterable<string> | AsyncIterable<string>,
  usage: Usage = USAGE.plain,
): Promise<void> {
  await turn.answer.message(pieces);
  turn.answer.completed(usage);
}

/** A turn of two answers: the tool call, then, with its output, the last words. */
async function afterTool(
  turn: Turn,
  last_words: string[],
  call: () => void | Promise<void>,
): Promise<void> {
  if (turn.outputs.length > 0) return await finish(turn, last_words, USAGE.after_tool);
  await call();
  turn.answer.completed(USAGE.tool_step);
}

function runCommand(turn: Turn, cmd: string, options: Record<string, unknown> = {}): void {
  const args = { cmd, yield_time_ms: 10_000, ...options };
  if (inCodeMode(turn)) {
    runScript(turn, `const r = await tools.exec_command(${quote(args)});\ntext(r.output);\n`);
  } else turn.answer.call(toolNamed(turn, "exec_command"), args);
}

/** Newer models get one tool, "exec", that takes JavaScript and calls the others from there. */
function inCodeMode(turn: Turn): boolean {
  return turn.tools.includes("exec") || turn.tools.includes("functions.exec");
}

function runScript(turn: Turn, script: string): void {
  turn.answer.custom("exec", script);
}

function toolNamed(turn: Turn, name: string): string {
  return turn.tools.find((tool) => tool === name || tool.endsWith(`.${name}`)) ?? name;
}

function quote(value: unknown): string {
  return JSON.stringify(value);
}

function number(text: string): number | undefined {
  const match = /^[\d.]+/.exec(text);
  return match ? Number(match[0]) : undefined;
}

interface Pace {
  pieces: number;
  pause_ms: number;
  piece: (i: number) => string;
}

async function* paced(turn: Turn, { pieces, pause_ms, piece }: Pace) {
  for (let i = 1; i <= pieces; i++) {
    yield piece(i);
    await turn.pause(pause_ms);
  }
}

async function* halves(turn: Turn) {
  yield "The first half. ";
  await turn.held(turn.value.split(/\s/)[0] || "hold");
  yield "The second half.";
}

async function* cutShort(turn: Turn) {
  yield "partial";
  await turn.pause(200);
  turn.cut();
}
