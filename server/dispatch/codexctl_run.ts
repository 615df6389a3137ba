/**
 * Runs codexctl. What it gets (argv, stdin, signals) and what it gives (stdout, stderr, exit code) pass
 * through untouched; a listener may read its output along.
 */
import { CodexdashError, errorText } from "../error.ts";

export type OutputStream = "stdout" | "stderr";

/** Where output goes. A write that rejects means that nobody reads any more. */
export type Output = Record<OutputStream, (bytes: Uint8Array) => Promise<void>>;

export interface CodexctlRun {
  path: string;
  args: string[];
  env?: Record<string, string>;
  stdin: Uint8Array<ArrayBuffer> | "inherit" | "null";
  /** Where its output goes while a listener reads it along; without, it inherits ours. */
  tee?: { output: Output | undefined; onBytes(stream: OutputStream, bytes: Uint8Array): void };
  /** Whether signals that reach us are passed on: in a command, not in the server. */
  signals: boolean;
}

/** Without WINCH a full-screen program would keep its old size; the others end what we wait for. */
const PASSED_ON: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGWINCH"];

/**
 * A process that codexctl leaves behind can hold its output open for ever: so long we still listen. It
 * is counted in ticks, because on a busy machine one long timer can be over before we got to read.
 */
const SILENT_TICKS = 5;
const TICK_MS = 100;

/**
 * Starts codexctl. `done` is its exit code, 128 + n for signal n, once it has ended and its output is
 * through. Throws `CodexdashError` "unavailable" when it cannot be started.
 */
export function runCodexctl(run: CodexctlRun): { pid: number; done: Promise<number> } {
  const { path, args, env = {}, stdin, tee } = run;
  const piped = tee ? "piped" : "inherit";
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(path, {
      args,
      env,
      stdin: stdin instanceof Uint8Array ? "piped" : stdin,
      stdout: piped,
      stderr: piped,
    }).spawn();
  } catch (error) {
    const reason = errorText(error);
    throw new CodexdashError("unavailable", `Cannot run "${path}": ${reason}`, { cause: error });
  }
  return { pid: child.pid, done: supervise(child, run) };
}

async function supervise(child: Deno.ChildProcess, run: CodexctlRun): Promise<number> {
  const { tee, stdin, signals } = run;
  const stopPassing = signals ? passSignals(child) : undefined;
  try {
    const copies = tee
      ? (["stdout", "stderr"] as const).map((stream) =>
        copy(child[stream], {
          ended: child.status,
          take(bytes) {
            const written = tee.output?.[stream](bytes);
            tee.onBytes(stream, bytes);
            return written;
          },
        })
      )
      : [];
    if (stdin instanceof Uint8Array) await feed(child.stdin, stdin);
    await Promise.all(copies);
    return (await child.status).code;
  } finally {
    stopPassing?.();
  }
}

function passSignals(child: Deno.ChildProcess): () => void {
  const passing = PASSED_ON.map((signal) => {
    const pass = () => {
      try {
        child.kill(signal);
      } catch {
        // It has just ended.
      }
    };
    Deno.addSignalListener(signal, pass);
    return { signal, pass };
  });
  return () => passing.forEach(({ signal, pass }) => Deno.removeSignalListener(signal, pass));
}

/** Codexctl need not read its stdin to the end. */
async function feed(stdin: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(bytes).then(() => writer.close()).catch(() => {});
}

interface Copying {
  ended: Promise<unknown>;
  take(bytes: Uint8Array): Promise<void> | undefined;
}

/** Hands over what comes until the end, or until nothing more comes of a child that has ended. */
async function copy(from: ReadableStream<Uint8Array>, { ended, take }: Copying): Promise<void> {
  const reader = from.getReader();
  const giveUp = () => void reader.cancel().catch(() => {});
  let over = false;
  let reading = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = (ticks: number) => {
    if (!over || !reading) return;
    timer = setTimeout(() => ticks > 1 ? listen(ticks - 1) : giveUp(), TICK_MS);
  };
  void ended.then(() => {
    over = true;
    listen(SILENT_TICKS);
  });
  try {
    for (;;) {
      reading = true;
      listen(SILENT_TICKS);
      const { done, value } = await reader.read();
      reading = false;
      clearTimeout(timer);
      if (done) break;
      await take(value);
    }
  } catch {
    // Our own reader has gone (`| head`): codexctl gets the broken pipe that it would have got.
    giveUp();
  }
}
