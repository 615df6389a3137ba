/** The line of the event file that says that a prompt was handed over. */
import type { DispatchEvent } from "../wire.ts";
import type { Prompt } from "./prompt.ts";

/** Longest text that the event holds, in characters; of a longer prompt it has size and hash. */
const MAX_TEXT = 10_000;

export interface DispatchFacts {
  dispatch_id: string;
  session: string;
  targets: string[];
  jobs: { job_id: string; agent: string | null; pane_id: string | null }[];
  prompt: Prompt;
  driver: "builtin" | "codexctl";
  output_path?: string | undefined;
  args?: string[] | undefined;
}

/** The event as of now. What would make its line longer than `max_line` bytes is left out. */
export async function dispatchEvent(
  facts: DispatchFacts,
  max_line: number,
): Promise<DispatchEvent> {
  const { prompt } = facts;
  const only = facts.jobs.length === 1 ? facts.jobs[0] : undefined;
  const event: DispatchEvent = {
    ts: Date.now(),
    type: "dispatch",
    session: facts.session,
    agent: only?.agent ?? null,
    pane_id: only?.pane_id ?? null,
    job_id: only?.job_id ?? null,
    dispatch_id: facts.dispatch_id,
    targets: facts.targets,
    jobs: facts.jobs,
    prompt_text: prompt.text.length > MAX_TEXT ? null : prompt.text,
    prompt_hash: await sha256(prompt.bytes),
    prompt_bytes: prompt.bytes.length,
    output_path: facts.output_path ?? null,
    args: facts.args?.map(shorten) ?? null,
    driver: facts.driver,
  };
  if (lineBytes(event) > max_line) event.args = null;
  if (lineBytes(event) > max_line) event.prompt_text = null;
  return event;
}

/** An argument that holds a long prompt is no record of it: prompt_hash is. */
function shorten(argument: string): string {
  return argument.length > MAX_TEXT ? `(${argument.length} characters)` : argument;
}

function lineBytes(event: DispatchEvent): number {
  return new TextEncoder().encode(JSON.stringify(event)).length;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
