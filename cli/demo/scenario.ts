/**
 * What the model would do with a prompt. A `mock:<word>` in it asks for one exact scenario, the same
 * words, texts and token numbers as the recordings' model; any other prompt gets a scripted answer
 * that the seed chooses. Nothing here is ever executed: outputs are invented.
 */
import { inventOutput } from "./invent.ts";
import { usage } from "./usage.ts";
import type { Failure, Response, Step, Tool } from "./steps.ts";
import { story } from "./stories.ts";

/** How long the recordings' model took to begin. */
const WAIT_MS = 150;

/** Token numbers of the recordings. */
const PLAIN = usage(1200, 1000, { output: 85, reasoning: 64 });
const BEFORE_TOOL = usage(1500, 1100, { output: 40, reasoning: 16 });
const AFTER_TOOL = usage(1700, 1500, { output: 25, reasoning: 0 });

const REASONING = "**Planning the mock step**\n\nMock reasoning summary.";
const ASK_REASON = "Do you want to allow this mock command to run outside the sandbox?";

/** The steps of one prompt. `key` makes the choice among scripted answers. */
export function scenario(prompt: string, key: string): Step[] {
  const [, word, value = ""] = /mock:([a-z0-9]+)(?:=([^\n]*))?/.exec(prompt) ?? [];
  return word === undefined ? story(prompt, key) : mock(word, value.trim());
}

function mock(word: string, value: string): Step[] {
  switch (word) {
    case "slow": {
      const seconds = Number(/^[\d.]+/.exec(value)?.[0] ?? 6);
      const chunks = Array.from({ length: 12 }, (_, i) => `slow chunk ${i + 1} of 12. `);
      return [{ ...said(chunks, seconds * 1000 / 12), reasoning: REASONING }];
    }
    case "long": {
      const count = Number(/^\d+/.exec(value)?.[0] ?? 200);
      const line = (i: number) =>
        `line ${`${i + 1}`.padStart(4, "0")}: the quick brown fox jumps over the lazy dog\n`;
      return [said(Array.from({ length: count }, (_, i) => line(i)), 2)];
    }
    case "markdown":
      return [said([
        "# Heading\n\n",
        "Some **bold** text and `code`.\n\n",
        "```ts\nconst x: number = 1;\n```\n\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n",
        "- item one\n- item two\n",
      ])];
    case "exec":
      return [
        { ...uses(command(value || "echo hello-from-mock")), reasoning: REASONING },
        after(["Command finished, ", "all good."]),
      ];
    case "execslow":
      return [
        {
          ...uses(command(value || "sleep 4; echo done")),
          say: { chunks: ["I will run a command first."], gap_ms: 50, phase: "commentary" },
        },
        { ...after(["Slow command finished."], "final_answer"), wait_ms: 1500 },
      ];
    case "escalate":
      return [
        uses({ ...command(value || "touch escalated.txt"), reason: ASK_REASON }),
        after(["Escalated command handled."]),
      ];
    case "patch":
      return [
        uses({ kind: "patch", path: "hello.txt", lines: ["hello from the mock"] }),
        after(["Patch handled."]),
      ];
    case "ask":
      return [
        uses({
          kind: "question",
          question: "Which option do you want?",
          options: [
            { label: "Option A (Recommended)", description: "first" },
            { label: "Option B", description: "second" },
          ],
        }),
        after(["Answer received."]),
      ];
    case "spawn":
      return [
        uses({ kind: "spawn", name: "child_one", task: value || "mock:plain child task" }),
        uses({ kind: "wait_for_agents", name: "child_one" }),
        after(["Sub-agent finished."]),
      ];
    case "500":
      return [fails(
        "We’re currently experiencing high demand, which may cause temporary errors.",
        "internal_server_error",
      )];
    case "429":
      return [fails("exceeded retry limit, last status: 429 Too Many Requests", {
        response_too_many_failed_attempts: { http_status_code: 429 },
      })];
    case "401":
      return [fails(
        "unexpected status 401 Unauthorized: Incorrect API key provided (mock), url: http://127.0.0.1:18080/v1/responses",
        { http_connection_failed: { http_status_code: 401 } },
      )];
    case "usagelimit":
      return [{
        ...fails(
          "You’ve hit your usage limit. Visit https://chatgpt.com/settings/usage to purchase more credits or try again at Mar 17th, 2030 5:46 PM.",
          "usage_limit_exceeded",
        ),
        limit: true,
      }];
    default:
      return [said(["Hello from the mock model. ", "This is a plain answer."])];
  }
}

function said(chunks: string[], gap_ms = 0): Response {
  return { wait_ms: WAIT_MS, say: { chunks, gap_ms }, usage: PLAIN };
}

function uses(tool: Tool): Response {
  return { wait_ms: WAIT_MS, tool, usage: BEFORE_TOOL };
}

function after(chunks: string[], phase?: string): Response {
  return {
    wait_ms: WAIT_MS,
    say: { chunks, gap_ms: 0, ...phase ? { phase } : {} },
    usage: AFTER_TOOL,
  };
}

function command(shell: string): Tool & { kind: "command" } {
  return { kind: "command", shell, ...inventOutput(shell) };
}

function fails(message: string, codex_error_info: unknown): Failure {
  return { wait_ms: WAIT_MS, error: { message, codex_error_info } };
}
