/** The driver that types itself: every job is delivered, waited for and answered. */
import { withMarker } from "../codex/markers.ts";
import { CodexdashError, errorBody } from "../error.ts";
import { log } from "../log.ts";
import { giveAnswer } from "./answer.ts";
import { deliver } from "./deliver.ts";
import { withPaneLock } from "./pane_lock.ts";
import type { DispatchOptions, Part } from "./plan.ts";
import {
  type DispatchedJob,
  type DispatchEnd,
  type JobEnd,
  recordEnd,
  recordLine,
  type Run,
} from "./run.ts";
import { waitForEnd } from "./wait.ts";

export interface Builtin {
  parts: Part[];
  request: DispatchOptions;
  /** Seconds; 0 returns once the prompt is submitted. */
  wait: number;
}

/** Serves every job of a dispatch whose line is written. Never rejects. */
export async function startBuiltin(run: Run, builtin: Builtin): Promise<DispatchEnd> {
  const serve = builtin.parts.flatMap(({ prompt, jobs }) =>
    jobs.map((job) => () => serveJob(run, job, { ...builtin, text: prompt.text }))
  );
  const ends: JobEnd[] = [];
  if (builtin.request.parallel) ends.push(...await Promise.all(serve.map((start) => start())));
  else for (const start of serve) ends.push(await start());
  return recordEnd(run, ends);
}

async function serveJob(
  run: Run,
  job: DispatchedJob,
  { request, wait, text }: Builtin & { text: string },
): Promise<JobEnd> {
  const { config, stop } = run;
  if (stop?.aborted) return { ...job, exit_code: Number(stop.reason), detail: "Not sent" };
  const pane_id = job.pane_id ?? "";
  const { force = false, nojob = false, outdir } = request;
  try {
    const { dir, tmux_socket } = config;
    await withPaneLock(
      { dir, tmux_socket, pane_id, onWarning: run.onWarning },
      () =>
        deliver(run, job, {
          pane_id,
          text: nojob ? text : withMarker(job.job_id, text),
          force,
        }),
    );
    const end = wait === 0 ? { exit_code: 0, detail: null } : await waitForEnd(run, {
      pane_id,
      marker: nojob ? undefined : job.job_id,
      seconds: wait,
      onBlocked: (reason) => void say(run, job, `${job.agent} is blocked: ${reason}`),
    });
    if (run.output || outdir !== undefined) {
      const { tail = config.tail, scroll = config.scroll } = request;
      await giveAnswer(run, job, { pane_id, tail, scroll, outdir });
    }
    if (end.detail) await say(run, job, `${job.agent}: ${end.detail}`);
    return { ...job, ...end };
  } catch (error) {
    const { code, message } = errorBody(error);
    if (!(error instanceof CodexdashError)) log.error("delivery failed", { cause: error });
    await say(run, job, message);
    return { ...job, exit_code: code === "refused" ? 3 : 1, detail: message };
  }
}

/** Tells the sender, and the record. */
async function say(run: Run, job: DispatchedJob, message: string): Promise<void> {
  const text = `codexdash: ${message}`;
  recordLine(run, job, { text, stream: "stderr" });
  await run.output?.stderr(new TextEncoder().encode(text + "\n")).catch(() => {});
}
