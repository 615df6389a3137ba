/**
 * The source `token_estimates`: when a job has ended and nothing exact came, estimates its tokens from
 * what it said. One job at a time, the newest first; what waits is in the database, so that a restart
 * forgets nothing.
 */
import { controllerSection } from "../codex/codexctl_line.ts";
import { log } from "../log.ts";
import type { Estimate, EstimateRequest } from "../tokens/estimate.ts";
import type { Change, JobRow, SourceHealth } from "../wire.ts";
import { Breath } from "./breath.ts";
import type { Batch, Source } from "./source.ts";

export interface TokenEstimatesOptions {
  /** The job to estimate now, or when there will be one; neither when none waits. */
  next(now: number): { job?: JobRow | undefined; due_ts?: number | undefined };
  /** A page of a job's output below an event's id, newest first; empty at its end. */
  listOutput(
    options: { job_id: string; type: OutputType; before_id: number },
  ): { id: number; text: string }[];
  /** Whether whoever knows exact figures has said all that is there by now. */
  isReady(): boolean;
  estimator: { estimate(request: EstimateRequest): Promise<Estimate>; stop(): void };
}

type OutputType = "pane_output" | "controller_output";
type Output = Pick<EstimateRequest, "output" | "output_chars">;

/** Of a longer output the newest part is looked at; the rest is taken to be like it. */
const MOST_CHARS = 1_000_000;

/** Between a change and a look at it: many changes come together. */
const PAUSE_MS = 1_000;
/** Before another try after a failure; and the longest sleep, for a clock that was set. */
const LONGEST_MS = 60_000;

export class TokenEstimates implements Source {
  readonly name = "token_estimates";
  readonly #options: TokenEstimatesOptions;
  #emit: ((batch: Batch) => void) | undefined;
  #working: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wake_at = 0;
  #last_ts: number | null = null;

  constructor(options: TokenEstimatesOptions) {
    this.#options = options;
  }

  start(emit: (batch: Batch) => void): Promise<void> {
    this.#emit = emit;
    this.#wakeIn(0);
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#emit = undefined;
    clearTimeout(this.#timer);
    this.#options.estimator.stop();
    await this.#working;
  }

  health(): SourceHealth {
    return {
      source: this.name,
      state: this.#emit ? "live" : "stopped",
      detail: null,
      lag_bytes: null,
      bad_lines: 0,
      last_ts: this.#last_ts,
    };
  }

  /** Looks at what was just committed; to be called with every change. */
  see(change: Change): void {
    const may_wait = change.jobs.some((job) => job.finished_ts !== null || job.exit_code !== null);
    if (may_wait) this.#wakeIn(PAUSE_MS);
  }

  #wakeIn(wait_ms: number): void {
    const sleep_ms = Math.min(wait_ms, LONGEST_MS);
    const wake_at = performance.now() + sleep_ms;
    if (!this.#emit || (this.#timer !== undefined && this.#wake_at <= wake_at)) return;
    clearTimeout(this.#timer);
    this.#wake_at = wake_at;
    this.#timer = setTimeout(() => this.#wake(), sleep_ms);
  }

  #wake(): void {
    this.#timer = undefined;
    if (this.#working) return this.#wakeIn(PAUSE_MS);
    this.#working = this.#work()
      .catch((error) => {
        log.warn("tokens were not estimated", { cause: error });
        return LONGEST_MS;
      })
      .then((wait_ms) => {
        this.#working = undefined;
        if (wait_ms !== undefined) this.#wakeIn(wait_ms);
      });
  }

  /** Estimates what is due; returns in how many ms there will be more, undefined when none waits. */
  async #work(): Promise<number | undefined> {
    while (this.#emit) {
      if (!this.#options.isReady()) return PAUSE_MS;
      const now = Date.now();
      const { job, due_ts } = this.#options.next(now);
      if (!job) return due_ts === undefined ? undefined : Math.max(1, due_ts - now);
      const estimate = await this.#estimate(job);
      this.#last_ts = Date.now();
      this.#emit?.({
        kind: "events",
        source: this.name,
        events: [{
          type: "token_estimate",
          ts: this.#last_ts,
          job_id: job.job_id,
          agent: job.agent,
          pane_id: job.pane_id,
          ...estimate,
        }],
        cursor: null,
      });
    }
    return undefined;
  }

  /** What is on the pane is what the job said; without a pane it is what the controller printed. */
  async #estimate(job: JobRow): Promise<Estimate> {
    const { prompt_text: prompt, prompt_bytes } = job;
    const pane = await this.#readOutput(job.job_id, "pane_output");
    const said = pane.output === ""
      ? await this.#readOutput(job.job_id, "controller_output")
      : pane;
    return await this.#options.estimator.estimate({ prompt, prompt_bytes, ...said });
  }

  async #readOutput(job_id: string, type: OutputType): Promise<Output> {
    const parts: string[] = [];
    const breath = new Breath();
    let output_chars = 0;
    let before_id = Number.MAX_SAFE_INTEGER;
    while (this.#emit) {
      const page = this.#options.listOutput({ job_id, type, before_id });
      if (page.length === 0) break;
      before_id = page.at(-1)!.id;
      for (const { text } of page) {
        const own = withoutEcho(text);
        if (output_chars < MOST_CHARS) parts.push(own);
        output_chars += own.length;
      }
      await breath.take();
    }
    return { output: parts.reverse().join("\n"), output_chars };
  }
}

/** Without the prompt's own line, which the screen shows again, and codexctl's headings. */
function withoutEcho(text: string): string {
  if (!text.includes("JOB:") && !controllerSection(text)) return text;
  return text.split("\n")
    .filter((line) => !line.includes("[JOB:") && !controllerSection(line)).join("\n");
}
