/** When two looks at a pane show the same: spinners, blinking bullets and counted seconds aside. */
import { stillTitle } from "../codex/title.ts";
import { plainRow } from "../tmux/rows.ts";
import type { Capture } from "./capture.ts";

/** A row that a program redraws to show that it lives. */
const LIVE_ROW = /^\s*[•◦\u2800-\u28ff◐◓◑◒] /;

/** The same text for screens that differ only in what moves by itself; colours do not count. */
export function screenKey({ width, height, title, screen }: Capture): string {
  return [`${width}x${height}`, stillTitle(title), ...screen.map(stillRow)].join("\n");
}

function stillRow(row: string): string {
  const text = plainRow(row).trimEnd();
  return LIVE_ROW.test(text)
    ? text.replace(/[◦\u2800-\u28ff◐◓◑◒]/g, "•").replace(/\b(?:\d+[hm] )*\d+s\b/g, "_s")
    : text;
}
