/**
 * The `[JOB:<id>]` that starts a prompt and ties a pane's output, codexctl's output and Codex's own
 * session file to one job.
 */

/** An id as codexctl and the wrappers make them; bounded so that a pane cannot make a huge one. */
export const JOB_ID = "[A-Za-z0-9][A-Za-z0-9._:-]{0,127}";
const MARKER = new RegExp(`\\[JOB:(${JOB_ID})\\]`, "g");
const ID_ALONE = new RegExp(`^${JOB_ID}$`);

/** Whether `text` can be a job id: it must survive being typed and found again. */
export function isJobId(text: string): boolean {
  return ID_ALONE.test(text);
}

/** The prompt as it is typed. */
export function withMarker(job_id: string, prompt: string): string {
  return `[JOB:${job_id}] ${prompt}`;
}

/** The ids of all markers in a text, in order. */
export function findMarkers(text: string): string[] {
  if (!text.includes("[JOB:")) return [];
  return Array.from(text.matchAll(MARKER), (match) => match[1]!);
}

/** The first marker's id, or undefined. */
export function findMarker(text: string): string | undefined {
  return findMarkers(text)[0];
}
