/** Keys that work anywhere outside of fields: `g` and a letter goes, `?` helps, `c` composes. */
import { openHelp } from "./help.tsx";

const PAGES: Record<string, string> = {
  d: "/",
  j: "/jobs",
  t: "/threads",
  a: "/agents",
  h: "/doctor",
};
/** How long `g` waits for its letter. */
const SEQUENCE_MS = 1_500;

let go_until = 0;

export function startKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element | null;
    if (target?.closest("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") (target as HTMLElement).blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
}

function act(key: string): boolean {
  if (go_until > performance.now() && PAGES[key] !== undefined) {
    go_until = 0;
    location.assign(PAGES[key]);
    return true;
  }
  go_until = key === "g" ? performance.now() + SEQUENCE_MS : 0;
  switch (key) {
    case "?":
      openHelp();
      return true;
    case "c":
      return compose();
    case "j":
      return moveFocus(1);
    case "k":
      return moveFocus(-1);
    default:
      return false;
  }
}

function compose(): boolean {
  const field = document.querySelector<HTMLElement>("#prompt");
  if (field) field.focus();
  else location.assign("/#prompt");
  return true;
}

/** Moves between the links that stand for rows: agents' cards, jobs and threads. */
function moveFocus(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  if (rows.length === 0) return false;
  const index = rows.indexOf(document.activeElement as HTMLElement);
  const next = index < 0 ? (step > 0 ? 0 : rows.length - 1) : index + step;
  rows[Math.max(0, Math.min(next, rows.length - 1))]?.focus();
  return true;
}
