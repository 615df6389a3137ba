/**
 * The dialogs that take the composer's place, and which keys choose in them. A key chooses even when it
 * is part of text that something types blindly: that is how the real program behaves and why nothing
 * may type into a pane without looking first (codex.md §4, REC pane-approval-clobbered).
 */
import type { Key } from "./keys.ts";
import { bold, command, dim, italic, reverse } from "./style.ts";
import { block, printable, wrap } from "./text.ts";

export interface Dialog {
  /** What OSC 7501 says while it waits; undefined where the real program says nothing. */
  kind: "permission" | "question" | undefined;
  /** The rows, first row first, with the option at index `selected` marked. */
  rows(width: number, selected: number): string[];
  options: number;
  /** Typed characters that choose an option, by its index. */
  shortcuts: Record<string, number>;
  /** What Escape chooses. */
  escape: number;
}

/** Keeps the selection of an open dialog. */
export class OpenDialog {
  readonly dialog: Dialog;
  #selected = 0;
  readonly #choose: (option: number) => void;

  constructor(dialog: Dialog, choose: (option: number) => void) {
    this.dialog = dialog;
    this.#choose = choose;
  }

  rows(width: number): string[] {
    return this.dialog.rows(width, this.#selected);
  }

  press(key: Key): void {
    const { options, escape } = this.dialog;
    if (key === "enter") this.#choose(this.#selected);
    else if (key === "escape" || key === "ctrl_c") this.#choose(escape);
    else if (key === "down") this.#selected = (this.#selected + 1) % options;
    else if (key === "up") this.#selected = (this.#selected + options - 1) % options;
  }

  /** A typed character: true when it chose. */
  type(char: string): boolean {
    const option = this.dialog.shortcuts[char];
    if (option === undefined) return false;
    this.#choose(option);
    return true;
  }
}

export const APPROVE_ONCE = 0;
export const APPROVE_ALWAYS = 1;
export const DENY = 2;

/** REC pane-approval. */
export function approvalDialog(shell: string, reason: string): Dialog {
  const prefix = printable(shell).split(" ")[0] ?? "";
  return {
    kind: "permission",
    options: 3,
    shortcuts: { 1: 0, y: 0, 2: 1, p: 1, 3: 2, n: 2 },
    escape: DENY,
    rows: (width, selected) => [
      `  ${bold("Would you like to run the following command?")}`,
      "",
      `  Environment: ${bold("local")}`,
      "",
      ...block(reason, width, { first: "  Reason: ", rest: "  " })
        .map((row, index) => index === 0 ? `  Reason: ${italic(row.slice(10))}` : italic(row)),
      "",
      ...wrap(printable(shell), width - 4)
        .map((row, index) => index === 0 ? `  $ ${command(row)}` : `    ${row}`),
      "",
      "",
      ...options([
        { text: "Yes, proceed", key: "y" },
        {
          text: `Yes, and don't ask again for commands that start with \`${prefix}\``,
          key: "p",
        },
        { text: "No, and tell Codex what to do differently", key: "esc" },
      ], { selected, width }),
      "",
      `  ${dim("Press ")}${bold("enter")}${dim(" to confirm or ")}${bold("esc")}${
        dim(" to cancel")
      }`,
    ],
  };
}

export const KEEP_MODEL = 1;

/** The modal after a usage limit (codex.md §3): its first option changes the model. */
export function limitDialog(other_model: string): Dialog {
  const rows = [
    [`Switch to ${other_model}`, "Fast and affordable agentic coding model."],
    ["Keep current model", ""],
    [
      "Keep current model (never show again)",
      "Hide future rate limit reminders about switching models.",
    ],
  ];
  return {
    kind: undefined,
    options: 3,
    shortcuts: { 1: 0, 2: 1, 3: 2 },
    escape: KEEP_MODEL,
    rows: (width, selected) => [
      `  ${bold("Approaching rate limits")}`,
      ...wrap(`Switch to ${other_model} for lower credit usage?`, width - 2).map((row) =>
        `  ${row}`
      ),
      "",
      ...options(
        rows.map(([text = "", about = ""]) => ({
          text: about ? `${text.padEnd(39)}${about}` : text,
        })),
        { selected, width },
      ),
      "",
      `  ${dim("Press ")}${bold("enter")}${dim(" to confirm or ")}${bold("esc")}${
        dim(" to go back")
      }`,
    ],
  };
}

export interface Question {
  question: string;
  options: { label: string; description: string }[];
}

/** request_user_input in Plan mode; the last option is Codex's own. */
export function questionDialog({ question, options }: Question): Dialog {
  const rows = [
    ...options,
    { label: "None of the above", description: "Optionally, add details in notes (tab)." },
  ];
  const labels = Math.max(...rows.map(({ label }) => label.length)) + 2;
  return {
    kind: "question",
    options: rows.length,
    shortcuts: Object.fromEntries(rows.map((_, index) => [`${index + 1}`, index])),
    escape: rows.length,
    rows: (width, selected) => [
      `  ${dim("Question 1/1 (1 unanswered)")}`,
      ...wrap(printable(question), width - 2).map((row) => `  ${row}`),
      "",
      ...rows.flatMap(({ label, description }, index) =>
        block(`${index + 1}. ${label.padEnd(labels)}${description}`, width, {
          first: index === selected ? "  › " : "    ",
          rest: "       ",
        })
      ),
      "",
      `  ${dim("tab to add notes | enter to submit answer | esc to interrupt")}`,
    ],
  };
}

function options(
  rows: { text: string; key?: string }[],
  { selected, width }: { selected: number; width: number },
): string[] {
  return rows.flatMap(({ text, key }, index) => {
    const label = `${index + 1}. ${text}${key ? ` (${key})` : ""}`;
    const lead = index === selected ? "› " : "  ";
    const lines = block(label, width, { first: lead, rest: "     " });
    if (index === selected) return lines.map((row) => reverse(row));
    const end = `(${key})`;
    return lines.map((row) =>
      key && row.endsWith(end) ? `${row.slice(0, -end.length)}(${bold(key)})` : row
    );
  });
}
