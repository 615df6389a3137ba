/** The lines of one file's change, each with what it does. */

export interface DiffLine {
  kind: "add" | "remove" | "hunk" | "same";
  text: string;
}

/**
 * Of an added or deleted file Codex keeps the content, of an updated one a unified diff (codex.md §5).
 */
export function diffLines({ kind, diff }: { kind: string; diff: string | null }): DiffLine[] {
  if (diff === null || diff === "") return [];
  const lines = diff.replace(/\n$/, "").split("\n");
  if (kind === "add" || kind === "delete") {
    return lines.map((text) => ({ kind: kind === "add" ? "add" : "remove", text }));
  }
  return lines.map(diffLine);
}

function diffLine(line: string): DiffLine {
  switch (line[0]) {
    case "@":
      return { kind: "hunk", text: line };
    case "+":
      return { kind: "add", text: line.slice(1) };
    case "-":
      return { kind: "remove", text: line.slice(1) };
    case " ":
      return { kind: "same", text: line.slice(1) };
    default:
      return { kind: "same", text: line };
  }
}

/** Lines added and removed. */
export function countChanges(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  return { added: count("add"), removed: count("remove") };
}
