/**
 * One `tmux -C` client: a child process that hears what happens and carries commands over the same
 * pipe (capture 0.3 ms, against 4 ms for spawning tmux). It never starts a server and it ends with
 * us.
 */
import { CodexdashError, errorText } from "../error.ts";
import { log } from "../log.ts";
import { tmuxArgs, type TmuxSocket } from "./command.ts";
import { ControlStream } from "./control_stream.ts";
import { quoteWord } from "./quote.ts";

export interface ControlOptions {
  socket: TmuxSocket;
  /** The command that the client runs for itself: `attach-session …`, or one that only waits. */
  words: readonly string[];
  on_output?(pane_id: string, escaped: Uint8Array): void;
  on_notification?(name: string, rest: string): void;
}

/** tmux's answer to one command: its output, or why not. */
export type Reply = { ok: true; rows: string[] } | { ok: false; error: string };

/** tmux says goodbye within milliseconds; one that hangs must not keep us from stopping. */
const GOODBYE_MS = 1_000;

/** Without util-linux's setpriv, or with one that does not know the option, tmux runs by itself. */
let can_die_with_us = true;

export class ControlClient {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #ready = Promise.withResolvers<boolean>();
  readonly #encoder = new TextEncoder();
  #waiting: ((reply: Reply) => void)[] = [];
  #over = false;

  /** True once tmux took the client's own command; false when it refused or there is no server. */
  readonly ready: Promise<boolean> = this.#ready.promise;
  /** Resolves when the client has ended, with what it said on stderr. Never rejects. */
  readonly ended: Promise<string>;

  /** Starts the client. Throws `CodexdashError` "unavailable" when there is no tmux program. */
  constructor(options: ControlOptions) {
    this.#child = spawn([...tmuxArgs(options.socket), "-N", "-C", ...options.words]);
    this.#writer = this.#child.stdin.getWriter();
    this.#writer.closed.catch(() => {});
    const stream = new ControlStream({
      on_block: (block) => {
        if (!block.own) return this.#ready.resolve(block.ok);
        const { ok, rows } = block;
        this.#waiting.shift()?.(ok ? { ok, rows } : { ok, error: rows.join(" ") });
      },
      on_output: (pane_id, escaped) => options.on_output?.(pane_id, escaped),
      on_notification: (name, rest) => options.on_notification?.(name, rest),
    });
    this.ended = this.#read(stream);
  }

  /**
   * Runs commands one after the other, each given as its words; tmux does nothing else in between.
   * Resolves with a reply for each, in order; never rejects.
   */
  ask(...commands: readonly (readonly string[])[]): Promise<Reply[]> {
    const replies = commands.map(() =>
      new Promise<Reply>((answer) => {
        if (this.#over) answer({ ok: false, error: "the tmux client has ended" });
        else this.#waiting.push(answer);
      })
    );
    if (!this.#over) {
      // One line each: `a ; b` would not run b, and send no block for it, after an error in a.
      const lines = commands.map((words) => words.map(quoteWord).join(" ") + "\n").join("");
      this.#writer.write(this.#encoder.encode(lines)).catch(() => {});
    }
    return Promise.all(replies);
  }

  /** Runs one command. Throws `CodexdashError` "refused" with tmux's reason. */
  async command(...words: string[]): Promise<string[]> {
    const [reply] = await this.ask(words);
    if (reply?.ok) return reply.rows;
    throw new CodexdashError("refused", `Cannot run tmux ${words[0]}: ${reply?.error}`);
  }

  /** Lets go of tmux; resolves when the process has ended. Safe to call twice. */
  async close(): Promise<void> {
    const forced = setTimeout(() => kill(this.#child), GOODBYE_MS);
    // End of input is what makes a control client leave.
    await this.#writer.close().catch(() => {});
    await this.ended;
    clearTimeout(forced);
  }

  async #read(stream: ControlStream): Promise<string> {
    const said = new Response(this.#child.stderr).text().catch(errorText);
    try {
      for await (const chunk of this.#child.stdout) stream.push(chunk);
    } catch (error) {
      log.warn("tmux client broke", { cause: error });
      kill(this.#child);
    }
    this.#over = true;
    this.#ready.resolve(false);
    for (const answer of this.#waiting) answer({ ok: false, error: "the tmux client has ended" });
    this.#waiting = [];
    await this.#writer.close().catch(() => {});
    await this.#child.status;
    const text = (await said).trim();
    if (text.startsWith("setpriv: ")) can_die_with_us = false;
    return text;
  }
}

/**
 * Starts tmux so that the kernel kills it when we are killed. End of input alone does not see to
 * that: with output still unwritten, tmux 3.3a keeps the client and then can't even end its server
 * (seen in 1 of 25 kills under load; tmux/tmux#5444).
 */
function spawn(args: string[]): Deno.ChildProcess {
  const start = (program: string, args: string[]) =>
    new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  if (can_die_with_us) {
    try {
      return start("setpriv", ["--pdeathsig", "KILL", "tmux", ...args]);
    } catch {
      can_die_with_us = false;
    }
  }
  try {
    return start("tmux", args);
  } catch (error) {
    throw new CodexdashError("unavailable", "Cannot run tmux: install it (apt install tmux)", {
      cause: error,
    });
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
