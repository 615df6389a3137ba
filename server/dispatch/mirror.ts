/**
 * The driver that lets codexctl type: its output passes through and becomes events as it happens, and
 * its own job ids are joined to ours by the pane that it names with them.
 */
import { controllerSection } from "../codex/codexctl_line.ts";
import type { Config } from "../config.ts";
import { errorText } from "../error.ts";
import { tmux } from "../tmux/command.ts";
import { type OutputStream, runCodexctl } from "./codexctl_run.ts";
import { MAX_LINE_TEXT, OutputLines } from "./output_lines.ts";
import {
  type DispatchedJob,
  type DispatchEnd,
  type JobEnd,
  recordEnd,
  recordLine,
  recordReceipt,
  type Run,
} from "./run.ts";

/** One run of codexctl and the jobs that it serves. */
export interface Call {
  args: string[];
  stdin: Uint8Array<ArrayBuffer> | "inherit" | "null";
  jobs: DispatchedJob[];
  /** Whether it types into one pane: then the first that it names is the only job's. */
  one_pane: boolean;
}

export interface Mirror {
  path: string;
  calls: Call[];
  /** All at once, else one after the other. */
  parallel: boolean;
  signals: boolean;
}

/** What a shell says of a program that it could not start. */
const NOT_STARTED = 127;

/**
 * Starts codexctl for a dispatch whose line is written. `pid` is that of its first process; `done`
 * settles after `dispatch_done` is written and never rejects.
 */
export async function startMirror(
  run: Run,
  mirror: Mirror,
): Promise<{ pid: number | null; done: Promise<DispatchEnd> }> {
  const env = await codexctlEnv(run.config);
  const first = Promise.withResolvers<number | null>();
  const start = async (call: Call): Promise<JobEnd[]> => {
    const { args, stdin, jobs } = call;
    if (run.stop?.aborted) {
      first.resolve(null);
      const exit_code = Number(run.stop.reason);
      return jobs.map((job) => ({ ...job, exit_code, detail: "Not sent" }));
    }
    const reader = new OutputReader(run, call);
    let exit_code = NOT_STARTED;
    let detail: string | null = null;
    try {
      const { pid, done } = runCodexctl({
        ...{ path: mirror.path, args, env, stdin, signals: mirror.signals },
        tee: { output: run.output, onBytes: (stream, bytes) => reader.push(stream, bytes) },
      });
      first.resolve(pid);
      exit_code = await done;
      reader.end();
    } catch (error) {
      detail = errorText(error);
      run.onWarning(detail);
    }
    first.resolve(null);
    return jobs.map((job) => ({ ...job, exit_code, detail }));
  };
  const ends = mirror.parallel
    ? Promise.all(mirror.calls.map(start))
    : mirror.calls.reduce<Promise<JobEnd[][]>>(
      async (before, next) => [...await before, await start(next)],
      Promise.resolve([]),
    );
  return { pid: await first.promise, done: ends.then((jobs) => recordEnd(run, jobs.flat())) };
}

/** codexctl works on the session and the tmux server that we looked at. */
export async function codexctlEnv(config: Config): Promise<Record<string, string>> {
  const env = { CODEXCTL_SESSION: config.session };
  if (config.tmux_socket === "") return env;
  const { ok, stdout } = await tmux(config.tmux_socket, [
    "display-message",
    "-p",
    "#{socket_path}",
  ]);
  return ok ? { ...env, TMUX: `${stdout.trim()},0,0` } : env;
}

/** Turns codexctl's bytes into events, and knows whose answer it is printing. */
class OutputReader {
  readonly #run: Run;
  readonly #jobs: DispatchedJob[];
  readonly #one_pane: boolean;
  readonly #lines: Record<OutputStream, OutputLines>;
  #printing: DispatchedJob | undefined;

  constructor(run: Run, { jobs, one_pane }: Call) {
    this.#run = run;
    this.#jobs = jobs;
    this.#one_pane = one_pane;
    // A character can take six bytes in JSON, and the rest of an event some hundred.
    const max = Math.min(MAX_LINE_TEXT, Math.floor((run.config.max_event_line - 600) / 6));
    this.#lines = { stdout: new OutputLines(max), stderr: new OutputLines(max) };
    this.#printing = jobs.length === 1 ? jobs[0] : undefined;
  }

  push(stream: OutputStream, bytes: Uint8Array): void {
    for (const text of this.#lines[stream].push(bytes)) this.#line(stream, text);
  }

  end(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      for (const text of this.#lines[stream].end()) this.#line(stream, text);
    }
  }

  #line(stream: OutputStream, text: string): void {
    const section = stream === "stdout" ? controllerSection(text) : undefined;
    if (section) this.#printing = this.#jobIn(section.pane_id);
    const job = stream === "stdout" || this.#jobs.length === 1 ? this.#printing : undefined;
    recordLine(this.#run, job, { text, stream });
  }

  /** Undefined for an agent that we did not see: the store knows what to do with its pane. */
  #jobIn(pane_id: string): DispatchedJob | undefined {
    const [only] = this.#jobs;
    if (this.#one_pane && only?.pane_id === null) {
      // codexctl chose the agent (`route`): now its pane is known, which is what joins the two ids.
      only.pane_id = pane_id;
      recordReceipt(this.#run, only, { receipt: "typed" });
    }
    return this.#jobs.find((job) => job.pane_id === pane_id);
  }
}
