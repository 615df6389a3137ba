/**
 * Estimates what nothing states exactly: the tokens of a job whose program writes no session file.
 * Figures that its output states come first, then a tokenizer in a worker that is started on demand
 * and ended when idle, then a quarter of the characters.
 */
import { errorText } from "../error.ts";
import { log } from "../log.ts";
import type { EstimatedTokens, EstimateMethod } from "../wire.ts";
import type { CountAnswer, CountRequest } from "./protocol.ts";
import { readStated } from "./stated.ts";

export interface EstimateRequest {
  /** Null where it was not recorded. */
  prompt: string | null;
  prompt_bytes: number | null;
  /** Its output, or of a long one the newest part. */
  output: string;
  /** How long all of its output is. */
  output_chars: number;
}

export interface Estimate extends EstimatedTokens {
  total_tokens_est: number;
  method: EstimateMethod;
}

export interface EstimatorOptions {
  /** The worker's module. */
  worker?: string;
  /** An answer that takes longer is not waited for; loading alone takes seconds on a busy machine. */
  late_ms?: number;
  /** How long the worker stays for the next job: it holds 200 MB. */
  idle_ms?: number;
}

const WORKER = new URL("./worker.ts", import.meta.url).href;

export class Estimator {
  readonly #options: Required<EstimatorOptions>;
  #worker: Worker | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;
  #giveUp: (cause: Error) => void = () => {};

  constructor(options: EstimatorOptions = {}) {
    this.#options = { worker: WORKER, late_ms: 60_000, idle_ms: 10_000, ...options };
  }

  /** Whether the worker runs. */
  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** One after the other. Never throws: when the worker fails or is late, characters are counted. */
  estimate(request: EstimateRequest): Promise<Estimate> {
    const turn = this.#turn.then(() => this.#estimate(request));
    this.#turn = turn;
    return turn;
  }

  /** Ends the worker for good; estimates that wait for it count characters. */
  stop(): void {
    this.#stopped = true;
    this.#end();
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#giveUp(new Error("the worker was ended"));
  }

  async #estimate(request: EstimateRequest): Promise<Estimate> {
    const { prompt, prompt_bytes, output, output_chars } = request;
    const stated = readStated(output);
    if (stated) return { ...stated, method: "stated" };
    const unrecorded = prompt === null ? quarter(prompt_bytes ?? 0) : 0;
    try {
      const counted = await this.#ask({ prompt: prompt ?? "", output });
      const share = Math.max(1, output_chars / Math.max(1, output.length));
      const output_tokens = Math.ceil(counted.output_tokens * share);
      return sum(counted.prompt_tokens + unrecorded, output_tokens, "tiktoken");
    } catch (error) {
      if (!this.#stopped) {
        log.warn("tokens were estimated by characters", { cause: errorText(error) });
      }
      return sum(quarter(prompt?.length ?? 0) + unrecorded, quarter(output_chars), "chars");
    }
  }

  /** Throws when the worker fails, is late or is stopped; it is ended then. */
  async #ask(request: CountRequest): Promise<Extract<CountAnswer, { ok: true }>> {
    clearTimeout(this.#idle);
    // To start a worker takes 10 ms, to hand over a megabyte 3: others get their turn between.
    await new Promise((done) => setTimeout(done, 0));
    if (this.#stopped) throw new Error("the estimator was stopped");
    const worker = this.#worker ??= new Worker(this.#options.worker, { type: "module" });
    let late: ReturnType<typeof setTimeout> | undefined;
    try {
      const answer = await new Promise<CountAnswer>((done, fail) => {
        late = setTimeout(() => fail(new Error("the worker was late")), this.#options.late_ms);
        worker.onmessage = ({ data }: MessageEvent<CountAnswer>) => done(data);
        worker.onerror = (event) => {
          event.preventDefault();
          fail(new Error(event.message));
        };
        this.#giveUp = fail;
        setTimeout(() => this.#worker === worker && worker.postMessage(request), 0);
      });
      if (!answer.ok) throw new Error(answer.cause);
      const counts = [answer.prompt_tokens, answer.output_tokens];
      if (!counts.every(Number.isSafeInteger)) throw new Error("the worker gave no numbers");
      this.#idle = setTimeout(() => this.#end(), this.#options.idle_ms);
      return answer;
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }
}

function quarter(chars: number): number {
  return Math.ceil(chars / 4);
}

function sum(input: number, output: number, method: EstimateMethod): Estimate {
  return {
    prompt_tokens_est: input,
    completion_tokens_est: output,
    total_tokens_est: input + output,
    method,
  };
}
