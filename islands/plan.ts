/** A plan's steps, where its text is a checklist. */

export interface PlanStep {
  text: string;
  state: "done" | "now" | "open";
}

const STEP =
  /^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\[(?<box>[ xX~>-])\]|(?<mark>[✔✓☑□☐→▶]))\s+(?<text>.+)$/u;

/** The steps, or undefined when any line of it is not one: then it is Markdown like any text. */
export function readPlan(text: string): PlanStep[] | undefined {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const steps = lines.flatMap((line) => {
    const { box, mark, text } = STEP.exec(line)?.groups ?? {};
    return text === undefined ? [] : [{ text, state: stateOf(box ?? mark ?? "") }];
  });
  return steps.length > 0 && steps.length === lines.length ? steps : undefined;
}

function stateOf(sign: string): PlanStep["state"] {
  if (/[xX✔✓☑]/u.test(sign)) return "done";
  return /[~>→▶-]/u.test(sign) ? "now" : "open";
}
