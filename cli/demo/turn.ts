/**
 * One turn: plays a scenario's steps on the face and writes them into the thread, as the real program
 * orders them. A prompt that arrives meanwhile joins the turn (REC rollout-two-jobs-one-turn); Escape
 * or a denied command ends it (REC rollout-interrupted, rollout-denied).
 */
import * as cells from "./cells.ts";
import { duration, type Face } from "./face.ts";
import { Pace, Stopped } from "./pace.ts";
import type { Failure, Response, Step } from "./steps.ts";
import type { Thread } from "./thread.ts";
import { type Stage, useTool } from "./tools.ts";

export interface TurnOptions {
  thread: Thread;
  face: Face;
  speed: number;
  steps: (prompt: string) => Step[];
  /** When a key was last pressed: dialogs wait until the person has stopped typing. */
  lastKey: () => number;
  /** Starts of commands that were allowed for good. */
  allowed: Set<string>;
}

export type Outcome = "done" | "failed" | "limit" | "interrupted";

export class Turn {
  readonly #thread: Thread;
  readonly #face: Face;
  readonly #pace: Pace;
  readonly #stage: Stage;
  readonly #steps: (prompt: string) => Step[];
  readonly #started = Date.now();
  #joined: string[] = [];

  constructor({ thread, face, speed, steps, lastKey, allowed }: TurnOptions) {
    this.#thread = thread;
    this.#face = face;
    this.#steps = steps;
    this.#pace = new Pace(speed);
    this.#stage = {
      thread,
      face,
      allowed,
      pace: this.#pace,
      lastKey,
      joined: () => this.#joined.length > 0,
    };
  }

  /** Ends it as Escape does. */
  interrupt(): void {
    this.#pace.stop();
  }

  /** A prompt of a person while it runs: the response under way is dropped. */
  join(prompt: string): void {
    this.#joined.push(prompt);
    this.#pace.stop();
  }

  async run(prompt: string): Promise<Outcome> {
    this.#thread.startTurn();
    this.#face.work();
    this.#take(prompt);
    for (let next = prompt;;) {
      try {
        return this.#end(await this.#play(this.#steps(next)));
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
        this.#face.streams(false);
        this.#face.runs(undefined);
        this.#face.report("working");
        this.#pace.go();
        const joined = this.#joined.splice(0);
        const last = joined.at(-1);
        if (last === undefined) return this.#abort();
        this.#thread.tokenCount();
        for (const text of joined) this.#take(text);
        next = last;
      }
    }
  }

  #take(prompt: string): void {
    this.#face.add(cells.userPrompt(prompt));
    this.#thread.user(prompt);
  }

  #end(failure: Failure | undefined): Outcome {
    this.#thread.completeTurn(failure?.error);
    if (failure) return failure.limit ? "limit" : "failed";
    this.#face.add(cells.worked(duration(Date.now() - this.#started, "<1s"), new Date()));
    return "done";
  }

  #abort(): Outcome {
    this.#face.add(cells.interrupted());
    this.#thread.abortTurn();
    return "interrupted";
  }

  /** Returns the failure that ended it, if one did. */
  async #play(steps: Step[]): Promise<Failure | undefined> {
    for (const step of steps) {
      this.#thread.request();
      await this.#pace.wait(step.wait_ms);
      if ("error" in step) {
        if (step.limit) this.#thread.limit_percent = 100;
        this.#thread.tokenCount();
        this.#face.add(cells.failure(step.error.message));
        return step;
      }
      await this.#respond(step);
    }
    return undefined;
  }

  async #respond({ wait_ms, reasoning, say, tool, usage }: Response): Promise<void> {
    if (reasoning !== undefined) {
      this.#thread.reasoning(reasoning);
      this.#face.thinks(reasoning.split("\n").at(-1) ?? "");
      await this.#pace.wait(wait_ms / 3);
    }
    if (say) await this.#say(say);
    // The usage comes between a call and its outcome (REC rollout-exec).
    if (tool) await useTool(tool, this.#stage, () => this.#thread.respond(usage));
    else this.#thread.respond(usage);
    this.#thread.tokenCount();
  }

  async #say({ chunks, gap_ms, phase }: NonNullable<Response["say"]>): Promise<void> {
    const answer = new cells.Answer();
    try {
      for (const [index, chunk] of chunks.entries()) {
        answer.add(chunk);
        if (index === 0) {
          this.#face.add(answer);
          this.#face.streams(true);
        }
        this.#face.redraw();
        if (gap_ms > 0) await this.#pace.wait(gap_ms);
      }
    } finally {
      answer.growing = false;
    }
    this.#face.streams(false);
    this.#thread.message(chunks.join(""), phase);
  }
}
