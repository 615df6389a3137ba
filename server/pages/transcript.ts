/** A job's transcript as a text file: what was asked, how it went, and all that was printed. */
import { findJob } from "../store/jobs.ts";
import type { JobRow } from "../wire.ts";
import { allLines } from "./output.ts";
import type { PageDeps } from "./page.tsx";

/** Undefined for an unknown id. */
export function transcriptResponse(deps: PageDeps, id: string): Response | undefined {
  const job = findJob(deps.store, id);
  if (!job) return undefined;
  return new Response(transcriptText(deps, job), {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="${fileName(job)}"`,
      "cache-control": "no-store",
    },
  });
}

/** Plain text: colour sequences and other control characters are left out. */
function transcriptText(deps: PageDeps, job: JobRow): string {
  const head = [
    `job: ${job.job_id}`,
    `agent: ${job.agent ?? "—"}`,
    `status: ${job.status}`,
    `sent: ${new Date(job.started_ts).toISOString()}`,
    `duration: ${job.duration_ms === null ? "—" : `${job.duration_ms} ms`}`,
    "",
    job.prompt_text ?? "(prompt not stored)",
    "",
  ];
  let origin = "";
  const body = allLines(deps.store, job).flatMap((line) => {
    const from = [line.type, line.stream, line.sub_agent].filter(Boolean).join(" ");
    const heading = from === origin
      ? []
      : ["", `--- ${from} ${new Date(line.ts).toISOString()} ---`];
    origin = from;
    return [...heading, plain(line.text)];
  });
  return [...head.map(plain), ...body, ""].join("\n");
}

function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

/** Only characters that no shell or file system minds. */
function fileName({ agent, job_id }: JobRow): string {
  const clean = (text: string) => text.replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, 80);
  return `codexdash-${agent ? `${clean(agent)}-` : ""}${clean(job_id)}.txt`;
}
