/** What is asked for, made sure of. */
import { CodexdashError } from "../error.ts";
import { findAgent } from "../store/agents.ts";
import type { Store } from "../store/db.ts";
import type { ExportScope } from "../store/export.ts";
import { findJob } from "../store/jobs.ts";

/**
 * The scope with the job's own id in place of its marker. Throws `CodexdashError` "not_found" for an
 * unknown job or agent, "invalid" when nothing, or a job and something else, is asked for.
 */
export function readExportScope(store: Store, scope: ExportScope): ExportScope {
  const { job_id, ...others } = scope;
  const has_others = Object.values(others).some((value) => value !== undefined);
  if (job_id === undefined) {
    if (!has_others) {
      throw new CodexdashError(
        "invalid",
        "Cannot export everything: name a job, an agent, or when it starts or ends",
      );
    }
    if (others.agent === undefined || findAgent(store, others.agent)) return others;
    throw new CodexdashError(
      "not_found",
      `Cannot find agent "${others.agent}": codexdash status lists them`,
    );
  }
  if (has_others) {
    throw new CodexdashError(
      "invalid",
      "Cannot export a job together with an agent or a time: name the job alone",
    );
  }
  const job = findJob(store, job_id);
  if (job) return { job_id: job.job_id };
  throw new CodexdashError("not_found", `Cannot find job "${job_id}": codexdash jobs lists them`);
}
