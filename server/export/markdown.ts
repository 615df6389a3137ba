/**
 * Markdown (CommonMark 0.31). Whatever an agent wrote stands in fenced blocks or code spans, so that
 * nothing in it is markup; a sub-agent's part is quoted.
 */
import { plainLine, plainText } from "../plain_text.ts";
import type { ExportPart } from "../store/export.ts";
import type { TurnRow } from "../wire.ts";
import {
  type Block,
  type Fact,
  isoTime,
  itemBlocks,
  itemTitle,
  jobFacts,
  threadFacts,
  turnFacts,
  turnProblem,
} from "./facts.ts";
import { type ExportHead, type ExportWriter, scopeWords } from "./writer.ts";

export class MarkdownWriter implements ExportWriter {
  /** Turns of what is open, the sub-agents' inside of it last: they say how it ended. */
  readonly #open: (readonly TurnRow[])[] = [];
  #output_type: string | null = null;

  begin({ version, exported_ts, scope }: ExportHead): string {
    const { what, name, from_ts, to_ts } = scopeWords(scope);
    const lines = [
      `- Exported: ${isoTime(exported_ts)} by CodexDash ${version}`,
      from_ts !== null && `- From: ${isoTime(from_ts)}`,
      to_ts !== null && `- To: ${isoTime(to_ts)}`,
    ];
    const title = name === null ? what : `${what} ${codeSpan(name)}`;
    return `# ${title}\n\n${lines.filter(Boolean).join("\n")}\n`;
  }

  write(part: ExportPart): string {
    switch (part.part) {
      case "entry": {
        const { job, turns } = part;
        this.#open.push(turns);
        this.#output_type = null;
        const [turn] = turns;
        if (!job) {
          const id = turn ? codeSpan(turn.turn_id) : "";
          return `\n## Turn ${id}\n\n${factList(turn ? turnFacts(turn) : [])}`;
        }
        const missing = `${job.prompt_bytes ?? "unknown"} bytes, not recorded`;
        const prompt = job.prompt_text === null ? missing : fence(job.prompt_text, "text");
        return `\n## Job ${codeSpan(job.job_id)}\n\n${factList(jobFacts(job, turns))}` +
          `\n### Prompt\n\n${prompt}\n\n### Transcript\n`;
      }
      case "item": {
        const { item } = part;
        const title = `**${itemTitle(item)}** · ${isoTime(item.ts)}`;
        return this.#quoted(["", title, ...itemBlocks(item).flatMap(blockLines)]);
      }
      case "thread": {
        const { thread, turns } = part;
        this.#open.push(turns);
        const name = codeSpan(thread.agent_nickname ?? thread.agent_path ?? thread.thread_id);
        const facts = factList(threadFacts(thread, turns)).trimEnd().split("\n");
        return this.#quoted(["", `**Sub-agent ${name}**`, "", ...facts]);
      }
      case "thread_end":
        return this.#problems() + this.#pop();
      case "output": {
        const { type, text, ts } = part.output;
        const heading = type === this.#output_type
          ? []
          : ["", `**${type === "pane_output" ? "Pane" : "Controller"}** · ${isoTime(ts)}`];
        this.#output_type = type;
        return [...heading, "", fence(text, "text"), ""].join("\n");
      }
      case "entry_end":
        return this.#problems() + this.#pop();
      default:
        return part satisfies never;
    }
  }

  end(): string {
    return "";
  }

  #problems(): string {
    return (this.#open.at(-1) ?? []).map((turn) => {
      const problem = turnProblem(turn);
      if (!problem) return "";
      const text = problem.text ? ["", ...fence(problem.text, "text").split("\n")] : [];
      const code = problem.code === null ? "" : ` · ${codeSpan(problem.code)}`;
      return this.#quoted(["", `**${problem.title}**${code}`, ...text]);
    }).join("");
  }

  #pop(): string {
    this.#open.pop();
    return "";
  }

  #quoted(lines: readonly string[]): string {
    const mark = "> ".repeat(this.#open.length - 1);
    return lines.map((line) => line ? mark + line : mark.trimEnd()).join("\n") + "\n";
  }
}

function factList(facts: readonly Fact[]): string {
  return facts.map(({ name, text, code }) => `- ${name}: ${text ?? codeSpan(code ?? "")}\n`).join(
    "",
  );
}

function blockLines({ what, language, text }: Block): string[] {
  const is_line = what !== null && language === "text" && !plainText(text).includes("\n") &&
    what !== "Output";
  if (is_line) return ["", `${what}: ${codeSpan(text)}`];
  return [
    ...(what === null ? [] : ["", `${what}:`]),
    "",
    ...fence(text, language).split("\n"),
  ];
}

/** A block that nothing inside of it can end: its fence is longer than every run of backticks. */
function fence(text: string, language: string): string {
  const content = plainText(text).replace(/\n$/, "");
  const marks = "`".repeat(Math.max(3, longestRun(content) + 1));
  return `${marks}${language}\n${content}\n${marks}`;
}

function codeSpan(text: string): string {
  const content = plainLine(text) || " ";
  const marks = "`".repeat(longestRun(content) + 1);
  const space = content.startsWith("`") || content.endsWith("`") ? " " : "";
  return `${marks}${space}${content}${space}${marks}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
