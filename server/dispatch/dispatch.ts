/**
 * The one way to send a prompt, for `codexdash send` and `POST /api/dispatch`: checks the request,
 * writes the dispatch line, then lets the driver type.
 */
import type { Config } from "../config.ts";
import { CodexdashError } from "../error.ts";
import { log } from "../log.ts";
import { type AgentPane, listAgents } from "../tmux/panes.ts";
import { startBuiltin } from "./builtin.ts";
import { chooseDriver } from "./codexctl.ts";
import type { Output } from "./codexctl_run.ts";
import { dispatchEvent } from "./dispatch_event.ts";
import { EventLog } from "./event_log.ts";
import { findObstacle, lookWhenDrawn, refusal } from "./look.ts";
import { startMirror } from "./mirror.ts";
import { type DispatchOptions, type Part, planCalls, planParts } from "./plan.ts";
import type { DispatchedJob, DispatchEnd, ReceiptNotice, Run } from "./run.ts";

export type { CodexctlWords, DispatchOptions } from "./plan.ts";
export type { DispatchedJob, DispatchEnd, JobEnd, ReceiptNotice } from "./run.ts";

export interface DispatchContext {
  config: Config;
  origin: "cli" | "api";
  /** The answer, as codexctl prints it; nothing is printed without it. */
  output?: Output;
  onReceipt?: (notice: ReceiptNotice) => void;
  /** What went wrong beside the delivery: an event file that cannot be written. */
  onWarning?: (message: string) => void;
  /** Aborted when the sender no longer waits; its reason is the exit code. */
  stop?: AbortSignal;
}

export interface Dispatched {
  dispatch_id: string;
  /** The job of a dispatch to one target; of several, the dispatch's own id. */
  job_id: string;
  jobs: DispatchedJob[];
  /** codexctl's process, where it types. */
  pid: number | null;
  /** Settles when all is typed and waited for, and `dispatch_done` is written. Never rejects. */
  done: Promise<DispatchEnd>;
}

/**
 * Sends a prompt. Resolves as soon as the dispatch line is written, before anything is typed; `done`
 * tells the rest. Throws `CodexdashError` "invalid" (targets, prompt, job id), "not_found" (an agent
 * that is not there; names those that are), "refused" (no target can take a prompt now, or codexctl
 * would type into one that cannot), "unavailable" (no tmux).
 */
export async function dispatch(
  request: DispatchOptions,
  context: DispatchContext,
): Promise<Dispatched> {
  const { config } = context;
  const onWarning = context.onWarning ?? ((message: string) => log.warn(message));
  const driver = chooseDriver(config);
  if (driver.driver === "builtin") request = { ...request, codexctl: undefined };
  const agents = await listAgents(config.tmux_socket, config.session)
    .catch((error) => request.codexctl ? [] : Promise.reject(error));
  const parts = planParts(request, agents);
  const jobs = parts.flatMap((part) => part.jobs);
  const run: Run = {
    config,
    dispatch_id: request.job_id ?? (jobs.length === 1 ? jobs[0]!.job_id : crypto.randomUUID()),
    jobs,
    log: new EventLog(config.events, { max_line: config.max_event_line, onWarning }),
    output: context.output,
    onReceipt: context.onReceipt,
    onWarning,
    stop: context.stop,
  };
  const refused = request.force ? [] : await findRefused(run, { request, agents });
  // codexctl types into all of its targets or into none; the built-in driver leaves some out.
  if (refused.length > 0 && (driver.driver === "codexctl" || refused.length === jobs.length)) {
    throw new CodexdashError("refused", refused.join("; "));
  }
  for (const part of parts) await recordDispatch(run, { part, request, driver: driver.driver });
  const { parallel = false } = request;
  const wait = request.wait ?? (context.origin === "cli" || request.outdir ? config.wait : 0);
  const started = driver.driver === "codexctl"
    ? await startMirror(run, {
      path: driver.path,
      calls: planCalls(request, { parts, wait }),
      parallel,
      signals: context.origin === "cli",
    })
    : { pid: null, done: startBuiltin(run, { parts, request, wait }) };
  return { dispatch_id: run.dispatch_id, job_id: run.dispatch_id, jobs, ...started };
}

/** Why a prompt cannot be typed now, for each pane that it would be typed into. */
async function findRefused(
  { config, jobs }: Run,
  { request, agents }: { request: DispatchOptions; agents: readonly AgentPane[] },
): Promise<string[]> {
  // Where codexctl chooses, it may choose any.
  const chosen = (request.codexctl?.chooses ?? "targets") === "targets" ? jobs : agents;
  const reasons = await Promise.all(chosen.map(async ({ agent, pane_id }) => {
    if (pane_id === null) return undefined;
    const look = lookWhenDrawn(config.tmux_socket, pane_id);
    // Of a pane that is not there codexctl speaks itself.
    const obstacle = await look.then(findObstacle, (error) => {
      if (!request.codexctl) throw error;
    });
    return obstacle && refusal({ agent, pane_id }, obstacle).message;
  }));
  return reasons.filter((reason) => reason !== undefined);
}

async function recordDispatch(
  run: Run,
  { part, request, driver }: {
    part: Part;
    request: DispatchOptions;
    driver: "builtin" | "codexctl";
  },
): Promise<void> {
  const event = await dispatchEvent({
    dispatch_id: run.dispatch_id,
    session: run.config.session,
    targets: part.targets,
    jobs: part.jobs,
    prompt: part.prompt,
    driver,
    output_path: request.outdir,
    args: request.args,
  }, run.config.max_event_line);
  run.log.append(event);
}
