/** What a format is: it turns an export's parts into text, one after the other. */
import type { ExportPart, ExportScope } from "../store/export.ts";

export interface ExportHead {
  version: string;
  exported_ts: number;
  scope: ExportScope;
}

/** Keeps what it must know of the parts before; one for each export. */
export interface ExportWriter {
  begin(head: ExportHead): string;
  write(part: ExportPart): string;
  end(): string;
}

/** What is exported, in words. */
export function scopeWords({ job_id, agent, from_ts, to_ts }: ExportScope): {
  what: string;
  name: string | null;
  from_ts: number | null;
  to_ts: number | null;
} {
  const range = { from_ts: from_ts ?? null, to_ts: to_ts ?? null };
  if (job_id !== undefined) return { what: "Job", name: job_id, ...range };
  if (agent !== undefined) return { what: "Agent", name: agent, ...range };
  return { what: "All agents", name: null, ...range };
}
