/**
 * `codexdash hook`: takes what Codex tells its hooks and its `notify` program into the event file. It
 * must never disturb Codex: what a hook prints can become part of the conversation and its exit code
 * can block a tool (codex.md §8), so it prints nothing on stdout and always ends with 0, soon.
 */
import { type Config, loadConfig, settingHelp } from "../server/config.ts";
import { EventLog } from "../server/dispatch/event_log.ts";
import { badPayload, hookEvent } from "../server/dispatch/hook_event.ts";
import { errorText } from "../server/error.ts";
import { ownPane } from "../server/tmux/own_pane.ts";
import type { EventPayload } from "../server/wire.ts";

export const help = `Usage: codexdash hook [options] [payload]

For Codex to call, as one of its hooks or as its notify program: codexdash doctor prints the lines for
its config.toml. Takes the payload, JSON, from the last argument or else from stdin, and appends one
line to the event file, whether the server runs or not. Prints nothing and always ends with 0.

Options:
${settingHelp(["dir", "events", "max_event_line", "tmux_socket"])}`;

/** A tool's whole answer is in some payloads; what is longer than this is counted as a bad line. */
const MAX_BYTES = 8 << 20;

/** Codex closes the pipe at once; whoever does not is not waited for. */
const LONGEST_MS = 2_000;

/** Returns 0 whatever happened; what went wrong is on stderr, which Codex does not read then. */
export async function run(args: string[]): Promise<number> {
  try {
    const config = loadConfig(flags(args));
    const log = new EventLog(config.events, {
      max_line: config.max_event_line,
      onWarning: (message) => console.error(`codexdash hook: ${message}`),
    });
    log.append(await read(args, config));
  } catch (error) {
    console.error(`codexdash hook: ${errorText(error)}`);
  }
  return 0;
}

async function read(args: string[], config: Config): Promise<EventPayload> {
  const ts = Date.now();
  const last = args.at(-1)?.trim() ?? "";
  const input = last.startsWith("{") ? { payload: last, bytes: last.length } : await readInput();
  if (input.payload === undefined) return badPayload(input.reason, input.bytes, ts);
  const pane_id = ownPane({ ...config, socket: config.tmux_socket }) ?? null;
  return hookEvent(input.payload, { ts, pane_id });
}

type Input =
  | { payload: string; bytes: number }
  | { payload: undefined; bytes: number; reason: "too_long" | "too_late" | "invalid_utf8" };

/** All of stdin, also what is too long to be used: a writer must not meet a closed pipe. */
async function readInput(): Promise<Input> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const late = Symbol();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<typeof late>((done) => {
    timer = setTimeout(() => done(late), LONGEST_MS);
  });
  const reader = Deno.stdin.readable.getReader();
  for (;;) {
    const next = await Promise.race([reader.read(), timeout]);
    if (next === late) return { payload: undefined, bytes, reason: "too_late" };
    if (next.done) break;
    bytes += next.value.length;
    if (bytes <= MAX_BYTES) chunks.push(next.value);
  }
  clearTimeout(timer);
  if (bytes > MAX_BYTES) return { payload: undefined, bytes, reason: "too_long" };
  try {
    const whole = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
    return { payload: new TextDecoder("utf-8", { fatal: true }).decode(whole), bytes };
  } catch {
    return { payload: undefined, bytes, reason: "invalid_utf8" };
  }
}

/** `--name value` and `--name=value`; anything else is Codex's and no reason to stop. */
function flags(args: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [at, arg] of args.entries()) {
    const [, name, inline] = /^--([a-z][a-z-]*)(?:=(.*))?$/s.exec(arg) ?? [];
    const value = inline ?? args[at + 1];
    if (name !== undefined && value !== undefined) found[name] = value;
  }
  return found;
}
