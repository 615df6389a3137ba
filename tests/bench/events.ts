/** Event lines as the wrappers write them, 1.2 KB each, for the figures that feed the event file. */
import type { ControllerOutputEvent } from "../../server/wire.ts";

/** What a real line of codexctl's output comes to with its ids, as in the original's figures. */
const LINE_BYTES = 1200;

/** One line with its newline; `name` can be found in its text. */
export function eventLine(name: string): string {
  const event: ControllerOutputEvent = {
    ts: Date.now(),
    type: "controller_output",
    session: "codexctl",
    agent: null,
    pane_id: null,
    window_name: null,
    job_id: null,
    text: name,
    stream: "stdout",
  };
  const missing = LINE_BYTES - JSON.stringify(event).length - 2;
  return `${JSON.stringify({ ...event, text: `${name} ${"x".repeat(Math.max(0, missing))}` })}\n`;
}
