/**
 * `codexdash tail`: events as they happen. It outlives the server: after a restart, on whatever port,
 * it goes on with what it has not shown yet.
 */
import { type Config, loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import type { WireEvent } from "../server/wire.ts";
import { JSON_OPTION, numberOption, parseCommand } from "./args.ts";
import { findServer, type ServerLink } from "./server_link.ts";
import { openTerminal, plainLine, print, type Terminal } from "./terminal.ts";
import { clock } from "./times.ts";

const SETTINGS = ["dir", "no_color"] as const;

export const help = `Usage: codexdash tail [--since N] [--agent A] [--type T] [--json]

Shows events as they happen, until Ctrl-C. When the server stops it waits for the next one and goes on
where it was.

  --since N          first the events after number N, 0 for all
  --agent A          only events of this agent
  --type T           only events of this type, as pane_output
  --json             one event a line, as on WS /ws/events
${settingHelp(SETTINGS)}

Exit codes: 0 stopped with Ctrl-C or by its reader, 1 failed, 2 wrong usage.`;

/** A stopped server is looked for this often; one that comes back is there within the second. */
const RETRY_MS = 500;

export async function run(args: string[]): Promise<number> {
  const { values } = parseCommand(args, {
    word: "tail",
    options: {
      since: { type: "string" },
      agent: { type: "string" },
      type: { type: "string" },
      ...JSON_OPTION,
      ...settingOptions(SETTINGS),
    },
  });
  const since = numberOption("tail", { name: "since", text: values.since });
  const config = loadConfig(values);
  const terminal = openTerminal(config);
  const show = (event: WireEvent) => {
    if (values.agent !== undefined && event.agent !== values.agent) return true;
    if (values.type !== undefined && event.type !== values.type) return true;
    return print(values.json ? JSON.stringify(event) : format(event, terminal));
  };
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  Deno.addSignalListener("SIGINT", stop);
  try {
    await follow(config, { since, show, signal: stopped.signal });
  } finally {
    Deno.removeSignalListener("SIGINT", stop);
  }
  return 0;
}

interface Following {
  since: number | undefined;
  /** Returns false once nobody reads any more. */
  show: (event: WireEvent) => boolean;
  signal: AbortSignal;
}

async function follow(config: Config, { since, show, signal }: Following): Promise<void> {
  let seq = since;
  let is_waiting = false;
  while (!signal.aborted) {
    const server = await findServer(config.dir);
    if (server) {
      // From here on a stopped server costs nothing: what happens without it is asked for later.
      seq = Math.min(seq ?? server.health.seq, server.health.seq);
      is_waiting = false;
      const end = await listen(server, { since: seq, show, signal });
      if (!end.is_read) return;
      seq = end.seq;
    } else if (!is_waiting) {
      is_waiting = true;
      console.error("codexdash: no server runs, waiting for one (codexdash serve)");
    }
    if (!signal.aborted) await sleep(RETRY_MS, signal);
  }
}

/** Shows events until the connection ends; returns the last one's number. */
function listen(
  server: ServerLink,
  { since, show, signal }: Following & { since: number },
): Promise<{ seq: number; is_read: boolean }> {
  const url = new URL(`/ws/events?since=${since}`, server.url.replace(/^http/, "ws"));
  const socket = new WebSocket(url);
  const { promise, resolve } = Promise.withResolvers<{ seq: number; is_read: boolean }>();
  const close = () => socket.close();
  let seq = since;
  let is_read = true;
  signal.addEventListener("abort", close);
  socket.onmessage = ({ data }) => {
    if (!is_read) return;
    const event = JSON.parse(String(data)) as WireEvent;
    seq = event.seq;
    is_read = show(event);
    if (!is_read) close();
  };
  socket.onclose = () => {
    signal.removeEventListener("abort", close);
    resolve({ seq, is_read });
  };
  return promise;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}

function format(event: WireEvent, terminal: Terminal): string {
  const head = [
    terminal.paint(clock(event.ts), "grey"),
    plainLine(event.agent ?? "-").padEnd(8),
    terminal.paint(plainLine(event.type).padEnd(18), "cyan"),
  ].join(" ");
  return `${head} ${plainLine(summary(event))}`;
}

/** The part of an event that a person wants to read. */
function summary(event: WireEvent): string {
  const { text, prompt_text, receipt, status, status_detail, reason, exit_code } = event;
  if (typeof text === "string") return text;
  if (typeof prompt_text === "string") return prompt_text;
  if (typeof receipt === "string") return receipt;
  if (typeof status === "string") return [status, status_detail].filter(Boolean).join(", ");
  if (typeof reason === "string") return reason;
  if (typeof exit_code === "number") return `exit code ${exit_code}`;
  const { total_tokens_est } = event;
  if (typeof total_tokens_est === "number") return `≈ ${total_tokens_est} tokens est.`;
  return event.job_id ?? event.pane_id ?? "";
}
