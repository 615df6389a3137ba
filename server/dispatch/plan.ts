/** From a request to jobs: who gets which prompt, and what codexctl is called with. */
import { isJobId } from "../codex/markers.ts";
import { CodexdashError } from "../error.ts";
import type { DispatchRequest } from "../wire.ts";
import type { Call } from "./mirror.ts";
import { checkPrompt, type Prompt } from "./prompt.ts";
import type { DispatchedJob } from "./run.ts";
import { pickTargets, type Place } from "./targets.ts";

/** What the command line can ask for beyond `POST /api/dispatch`. */
export interface DispatchOptions extends Omit<DispatchRequest, "prompt"> {
  /** Stdin may hold anything, so its bytes are taken as they are. */
  prompt: string | Uint8Array<ArrayBuffer>;
  /** Type the prompt without its `[JOB:<id>]`. */
  nojob?: boolean | undefined;
  /** Lines of the pane that the answer shows. */
  tail?: number | undefined;
  /** Lines of scrollback to look through. */
  scroll?: number | undefined;
  /** Type although the pane does not look like Codex ready for a prompt. */
  force?: boolean | undefined;
  /** The argv after `codexdash`, for the event. */
  args?: string[] | undefined;
  /** A prompt for each target instead of one for all of them. */
  parts?: { target: string; prompt: string }[] | undefined;
  /** What codexctl gets where it types: our own argv, and stdin as it came. */
  codexctl?: CodexctlWords | undefined;
}

export interface CodexctlWords {
  args: string[];
  stdin: Uint8Array<ArrayBuffer> | "inherit";
  /** Whom it types to: the request's targets, or one or several agents that only it knows. */
  chooses: "targets" | "one" | "several";
}

/** One prompt and the jobs that it is for. */
export interface Part {
  prompt: Prompt;
  targets: string[];
  jobs: DispatchedJob[];
}

/**
 * The jobs of a request. Throws `CodexdashError` "invalid" for a request that makes no sense and
 * "not_found" for an agent that is not there; what is codexctl's to find is left to it.
 */
export function planParts(request: DispatchOptions, agents: readonly Place[]): Part[] {
  const { job_id, targets, codexctl } = request;
  if (job_id !== undefined && !isJobId(job_id)) {
    throw new CodexdashError(
      "invalid",
      `Cannot use "${job_id}" as a job id: use up to 128 letters, digits and . _ : -`,
    );
  }
  if (targets.length === 0 && codexctl?.chooses !== "one") {
    throw new CodexdashError("invalid", 'Cannot send to nobody: name an agent, or "all"');
  }
  const given = request.parts?.map(({ target, prompt }) => ({ targets: [target], prompt })) ??
    [{ targets, prompt: request.prompt }];
  const parts = given.map(({ targets, prompt }) => ({
    // What is no UTF-8 goes to codexctl as it came.
    prompt: checkPrompt(prompt, { lossy: codexctl !== undefined }),
    targets,
    jobs: findJobs(targets, { agents, codexctl }),
  }));
  const [only, ...more] = parts.flatMap(({ jobs }) => jobs);
  if (only && more.length === 0 && job_id !== undefined) only.job_id = job_id;
  return parts;
}

function findJobs(
  targets: string[],
  { agents, codexctl }: { agents: readonly Place[]; codexctl: CodexctlWords | undefined },
): DispatchedJob[] {
  const job = (agent: string | null, pane_id: string | null) => ({
    job_id: crypto.randomUUID(),
    agent,
    pane_id,
  });
  if (codexctl && codexctl.chooses !== "targets") return [job(null, null)];
  try {
    return pickTargets(targets, agents).map(({ agent, pane_id }) => job(agent, pane_id));
  } catch (error) {
    if (!codexctl) throw error;
    const [target = ""] = targets;
    if (/^%\d+$/.test(target)) return [job(null, target)];
    const name = target.replace(/^@/, "");
    return [job(/^(all|\d+)?$/.test(name) ? null : name, null)];
  }
}

/** The calls of codexctl that serve the parts: its own argv, or one call for each job. */
export function planCalls(
  request: DispatchOptions,
  { parts, wait }: { parts: Part[]; wait: number },
): Call[] {
  const { codexctl } = request;
  if (codexctl) {
    const jobs = parts.flatMap((part) => part.jobs);
    const one_pane = codexctl.chooses === "one" ||
      (codexctl.chooses === "targets" && request.targets[0] !== "all");
    return [{ args: codexctl.args, stdin: codexctl.stdin, jobs, one_pane }];
  }
  const options = [
    ...["--wait", String(wait)],
    ...(request.outdir === undefined ? [] : ["--outdir", request.outdir]),
    ...(request.nojob ? ["--nojob"] : []),
  ];
  return parts.flatMap(({ prompt, jobs }) =>
    jobs.map((job) => ({
      // On stdin a prompt may be longer than an argument, and other users cannot see it.
      args: ["send", job.pane_id ?? "", ...options, "--", "-"],
      stdin: prompt.bytes,
      jobs: [job],
      one_pane: true,
    }))
  );
}
