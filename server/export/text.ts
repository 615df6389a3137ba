/** Plain text: no escapes, and whatever an agent wrote is indented, so that no line of it is ours. */
import { plainLine, plainText } from "../plain_text.ts";
import type { ExportPart } from "../store/export.ts";
import type { TurnRow } from "../wire.ts";
import {
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

const INDENT = "    ";

export class TextWriter implements ExportWriter {
  /** Turns of what is open, the sub-agents' inside of it last: they say how it ended. */
  readonly #open: (readonly TurnRow[])[] = [];
  #output_type: string | null = null;

  begin({ version, exported_ts, scope }: ExportHead): string {
    const { what, name, from_ts, to_ts } = scopeWords(scope);
    return lines([
      plainLine(`${what} ${name ?? ""}`),
      `Exported ${isoTime(exported_ts)} by CodexDash ${version}`,
      ...(from_ts === null ? [] : [`From ${isoTime(from_ts)}`]),
      ...(to_ts === null ? [] : [`To ${isoTime(to_ts)}`]),
    ]);
  }

  write(part: ExportPart): string {
    switch (part.part) {
      case "entry": {
        const { job, turns } = part;
        const [turn] = turns;
        this.#open.push(turns);
        this.#output_type = null;
        const rule = "=".repeat(78);
        if (!job) {
          const facts = turn ? turnFacts(turn) : [];
          return lines(["", rule, plainLine(`Turn ${turn?.turn_id ?? ""}`), ...factLines(facts)]);
        }
        const missing = `(${job.prompt_bytes ?? "unknown"} bytes, not recorded)`;
        const head = [plainLine(`Job ${job.job_id}`), ...factLines(jobFacts(job, turns))];
        return lines(["", rule, ...head, "", "Prompt", ...indented(job.prompt_text ?? missing)]);
      }
      case "item": {
        const { item } = part;
        const blocks = itemBlocks(item).flatMap(({ what, text }) => [
          ...(what === null ? [] : [`  ${plainLine(what)}:`]),
          ...indented(text),
        ]);
        return this.#nested(["", `--- ${isoTime(item.ts)} ${itemTitle(item)}`, ...blocks]);
      }
      case "thread": {
        const { thread, turns } = part;
        this.#open.push(turns);
        const name = thread.agent_nickname ?? thread.agent_path ?? thread.thread_id;
        return this.#nested([
          "",
          plainLine(`--- Sub-agent ${name}`),
          ...factLines(threadFacts(thread, turns)),
        ]);
      }
      case "output": {
        const { type, text, ts } = part.output;
        const from = type === "pane_output" ? "Pane" : "Controller";
        const heading = type === this.#output_type ? [] : ["", `--- ${isoTime(ts)} ${from}`];
        this.#output_type = type;
        return lines([...heading, ...indented(text)]);
      }
      case "thread_end":
      case "entry_end": {
        const problems = (this.#open.at(-1) ?? []).map((turn) => {
          const problem = turnProblem(turn);
          if (!problem) return "";
          const title = [problem.title, problem.code].filter(Boolean).join(", ");
          return this.#nested(["", plainLine(`--- ${title}`), ...indented(problem.text ?? "")]);
        });
        this.#open.pop();
        return problems.join("");
      }
      default:
        return part satisfies never;
    }
  }

  end(): string {
    return "";
  }

  #nested(all: readonly string[]): string {
    const mark = "  | ".repeat(this.#open.length - 1);
    return lines(all.map((line) => line ? mark + line : mark.trimEnd()));
  }
}

function factLines(facts: readonly Fact[]): string[] {
  return facts.map(({ name, text, code }) =>
    `${`${name}:`.padEnd(14)}${plainLine(text ?? code ?? "")}`
  );
}

function indented(text: string): string[] {
  return plainText(text).replace(/\n$/, "").split("\n").map((line) => line && INDENT + line);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
