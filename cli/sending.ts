/** What `send`, `route` and `ship` share: their words, and a dispatch in a terminal's foreground. */
import { type Config, loadConfig, settingHelp } from "../server/config.ts";
import { chooseDriver } from "../server/dispatch/codexctl.ts";
import { dispatch, type DispatchOptions, type ReceiptNotice } from "../server/dispatch/dispatch.ts";
import { CodexdashError } from "../server/error.ts";
import { readWords, type WordOptions, type Words } from "./codexctl_words.ts";
import { reportFailure } from "./failure.ts";

export const SEND_WORDS = {
  values: ["wait", "tail", "scroll", "outdir"],
  switches: ["parallel", "nojob"],
  our_values: ["data-dir", "events", "max-event-line", "job-id"],
  our_switches: ["force", "quiet", "json"],
} as const;

/** For the help of `send` and `route`. */
export const SEND_OPTIONS = `Options, as codexctl's:
  --wait S           seconds to wait for the end of the turn, 0 for none [CODEXCTL_WAIT, default 90]
  --tail N           lines of the pane to print [CODEXCTL_TAIL, default 260]
  --scroll N         lines of scrollback to look through [CODEXCTL_SCROLL, default 5000]
  --outdir D         write each answer to a file in D and print "%2 <job> <file>"
  --parallel         type to all targets at once, not one after the other
  --nojob            type the prompt without its [JOB:<id>]
and CodexDash's own, which codexctl never sees:
  --force            type although the pane does not show Codex's composer
  --quiet            no receipts on stderr
  --json             receipts and the end as JSON lines on stderr
${settingHelp(["job_id", "driver", "codexctl", "session", "tmux_socket", "dir", "events"])}`;

export const SEND_RULES =
  `Where there is a codexctl, it types, and its output and exit code pass through; else, and with --driver
builtin, CodexDash types itself. Either way the panes are looked at first: nothing is typed into a dialog
(approval, question, login, trust, update …), a dead pane, or another program than Codex. A text that
somebody left unsent in the composer is never sent along: the send is refused until it is sent or
cleared. It works while the server is down.

Exit codes:
  0  done, or with --wait 0 handed over
  1  failed: the turn, or the delivery
  2  the words make no sense
  3  blocked: the agent waits for a person, or cannot take a prompt now
  4  not finished in time
  128+n  stopped by signal n
Where codexctl types, its own exit code.`;

export interface Sender {
  words: Words;
  config: Config;
  /** Whether codexctl types. */
  mirrored: boolean;
}

/**
 * Reads the words. Throws `CodexdashError` "invalid" where they make no sense; codexctl says that
 * itself.
 */
export function readSender(args: string[], options: WordOptions): Sender {
  const words = readWords(args, options);
  const mirrored = chooseDriver(loadConfig(words.our_flags)).driver === "codexctl";
  if (!mirrored && words.problem) {
    throw new CodexdashError("invalid", `Cannot read the words: ${words.problem}`);
  }
  return { words, mirrored, config: loadConfig(mirrored ? words.our_flags : words.flags) };
}

/** The options of a request that the words hold. */
export function requestOptions({ words, config }: Sender) {
  const { flags } = words;
  return {
    parallel: flags["parallel"] === true,
    nojob: flags["nojob"] === true,
    force: flags["force"] === true,
    outdir: typeof flags["outdir"] === "string" ? flags["outdir"] : undefined,
    wait: config.wait,
    tail: config.tail,
    scroll: config.scroll,
    job_id: config.job_id || undefined,
  };
}

const STOPS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Sends, prints what there is to print, and returns the exit code. A signal ends the waiting. */
export async function sendInForeground(
  request: DispatchOptions,
  { words: { flags }, config, mirrored }: Sender,
): Promise<number> {
  const json = flags["json"] === true;
  const stop = new AbortController();
  for (const [signal, code] of Object.entries(STOPS)) {
    Deno.addSignalListener(signal as keyof typeof STOPS, () => stop.abort(code));
  }
  try {
    const { dispatch_id, done } = await dispatch(request, {
      config,
      origin: "cli",
      output: {
        stdout: (bytes) => writeAll(Deno.stdout, bytes),
        stderr: (bytes) => writeAll(Deno.stderr, bytes),
      },
      onReceipt(notice) {
        if (json) console.error(JSON.stringify(notice));
        // Of codexctl's stderr nothing is changed, nor anything added that nobody asked for.
        else if (!mirrored && flags["quiet"] !== true) console.error(receiptLine(notice));
      },
      onWarning: (message) => console.error(`codexdash: ${message}`),
      stop: stop.signal,
    });
    const end = await done;
    if (json) console.error(JSON.stringify({ dispatch_id, ...end }));
    return end.exit_code;
  } catch (error) {
    if (!(error instanceof CodexdashError) || error.code !== "refused") throw error;
    reportFailure(error);
    return 3;
  }
}

function receiptLine({ agent, pane_id, job_id, receipt, detail }: ReceiptNotice): string {
  return `${agent ?? pane_id} ${receipt}${detail ? ` (${detail})` : ""} JOB:${job_id}`;
}

async function writeAll(to: typeof Deno.stdout, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
}
