/**
 * What stands in the transcript, each as rows for a width: the same rows as REC pane-finished,
 * pane-approved, pane-denied, pane-error-*, pane-patch, pane-subagent and pane-question-answered.
 */
import { bold, boldColour, colour, command, dim, promptRow } from "./style.ts";
import { block, printable, truncate, wrap } from "./text.ts";

export interface Cell {
  rows(width: number): string[];
  /** A user's prompt: stays in the top row while its turn scrolls by (REC pane-long). */
  prompt?: string;
  /** Its rows will still change. */
  growing?: boolean;
}

export const CODEX_VERSION = "0.169.0";
const SHOWN_OUTPUT_ROWS = 5;

/** Rows are asked for ten times a second while a turn runs: computed once for each width. */
function cell(rows: (width: number) => string[]): Cell {
  let known: { width: number; rows: string[] } | undefined;
  return {
    rows: (width) => (known?.width === width ? known : known = { width, rows: rows(width) }).rows,
  };
}

export function banner(dir: string): Cell {
  return cell((width) => [
    "",
    `  ${colour(75, ">_")} ${bold("OpenAI Codex")}${dim(` (v${CODEX_VERSION})`)}`,
    `     ${dim(truncate(printable(dir), Math.max(1, width - 5)))}`,
  ]);
}

export function userPrompt(text: string): Cell {
  const rows = (width: number) => [
    promptRow("", " "),
    ...block(text, width - 1, { first: "  ", rest: "  " })
      .map((row, index) => index === 0 ? promptRow("› ", row.slice(2)) : promptRow("", row)),
    promptRow("", " "),
  ];
  return { ...cell(rows), prompt: printable(text.split("\n")[0] ?? "") };
}

/** The agent's text while it grows and after. */
export class Answer implements Cell {
  growing = true;
  #text = "";
  #known: { width: number; length: number; rows: string[] } | undefined;

  add(chunk: string): void {
    this.#text += chunk;
  }

  rows(width: number): string[] {
    const { length } = this.#text;
    if (this.#known?.width !== width || this.#known.length !== length) {
      const text = this.#text.replaceAll("**", "").trimEnd();
      const rows = block(text, width, { first: "  ", rest: "  " });
      rows[0] = dim("• ") + (rows[0] ?? "").slice(2);
      this.#known = { width, length, rows };
    }
    return this.#known.rows;
  }
}

export function worked(duration: string, at: Date): Cell {
  const time = `${at.getHours()}`.padStart(2, "0") + ":" + `${at.getMinutes()}`.padStart(2, "0");
  return cell(() => [dim(`  Worked for ${duration} • ${time}`)]);
}

/** `■ …` wraps without an indent (REC pane-error-401). */
export function failure(text: string): Cell {
  return cell((width) => block(`■ ${text}`, width, NO_LEAD).map((row) => colour(1, row)));
}

const NO_LEAD = { first: "", rest: "" };

export function interrupted(): Cell {
  const text = "■ Conversation interrupted - use /feedback if something went wrong";
  return cell((width) => block(text, width, NO_LEAD));
}

export function running(shell: string, bullet: string): Cell {
  return cell((width) => commandRows(`${bullet} ${bold("Running")} `, "Running", { shell, width }));
}

export function ran(shell: string, output: string, exit_code: number): Cell {
  const verb = exit_code === 0 ? "Ran" : `Exited (status ${exit_code})`;
  const bullet = exit_code === 0 ? boldColour(2, "•") : bold("•");
  return cell((width) => [
    ...commandRows(`${bullet} ${bold(verb)} `, verb, { shell, width }),
    ...outputRows(output, width),
  ]);
}

function commandRows(
  lead: string,
  verb: string,
  { shell, width }: { shell: string; width: number },
): string[] {
  const [first = "", ...rest] = wrap(printable(shell), width - verb.length - 3);
  return [lead + command(first), ...rest.map((row) => `${dim("  │ ")}${row}`)];
}

function outputRows(output: string, width: number): string[] {
  const lines = printable(output).trimEnd().split("\n").flatMap((line) => wrap(line, width - 4));
  if (output.trim() === "") return [dim("  └ (no output)")];
  const shown = lines.slice(0, SHOWN_OUTPUT_ROWS);
  if (lines.length > shown.length) shown.push(`… +${lines.length - shown.length} lines`);
  return shown.map((line, index) => dim(`${index === 0 ? "  └ " : "    "}${line}`));
}

export function approved(shell: string, scope: "once" | "always"): Cell {
  const prefix = shell.split(" ")[0] ?? "";
  return cell((width) => [
    scope === "once"
      ? `${colour(2, "✔ ")}You ${bold("approved")} codex to run ${
        dim(truncate(printable(shell), Math.max(10, width - 43)))
      }${bold(" this time")}`
      : `${colour(2, "✔ ")}You ${bold("approved")} codex to always run commands that start with ${
        dim(printable(prefix))
      }`,
  ]);
}

export function canceled(shell: string): Cell {
  return cell((width) => [
    `${colour(1, "✗ ")}You ${bold("canceled")} the request to run ${
      dim(truncate(printable(shell), Math.max(10, width - 34)))
    }`,
  ]);
}

export function added(path: string, lines: readonly string[]): Cell {
  return cell(() => [
    `${dim("• ")}${bold("Added")} ${printable(path)} (${colour(2, `+${lines.length}`)} ${
      colour(1, "-0")
    })`,
    ...lines.map((line, index) =>
      `    ${dim(`${index + 1} `)}${colour(2, "+")}${colour(189, printable(line))}`
    ),
    dim("    + Show details"),
  ]);
}

/** A line about what the agent or the program did: a bold word, then perhaps a name. */
export function activity(what: string, name?: string, detail?: string): Cell {
  const head = `${dim("• ")}${bold(name === undefined ? what : `${what} `)}${
    name === undefined ? "" : colour(75, `\`${name}\``)
  }`;
  return cell(() => detail === undefined ? [head] : [head, `${dim("  └ ")}${detail}`]);
}

export function answered(question: string, answer: string): Cell {
  return cell(() => [
    `${dim("•")} ${bold("Questions")}${dim(" 1/1 answered")}`,
    `  • ${question}`,
    `${dim("    answer: ")}${colour(75, answer)}`,
  ]);
}

export function notice(text: string): Cell {
  return cell((width) => {
    const [first = "", ...rest] = block(text, width, { first: "  ", rest: "  " });
    return [dim("• ") + first.slice(2), ...rest];
  });
}
