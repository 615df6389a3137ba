/** `codexdash serve`: runs the server until it is told to stop, and says what to do next. */
import {
  type Config,
  isLoopback,
  loadConfig,
  settingHelp,
  settingOptions,
} from "../server/config.ts";
import { findProgram } from "../server/dispatch/programs.ts";
import { CodexdashError } from "../server/error.ts";
import { startServer } from "../server/serve.ts";
import { listAgents } from "../server/tmux/panes.ts";
import { EXIT_CODES, parseCommand } from "./args.ts";
import { findServer } from "./server_link.ts";
import { print } from "./terminal.ts";

const SETTINGS = [
  "host",
  "port",
  "allowed_hosts",
  "dir",
  "events",
  "db",
  "session",
  "tmux_socket",
  "codex_home",
  "codex_homes",
  "rollout_horizon_days",
  "prices",
  "codexctl",
  "driver",
  "codex_bin",
  "max_event_line",
  "log",
] as const;

export const help = `Usage: codexdash serve [--host A] [--port N]

Runs the server and its page until Ctrl-C or SIGTERM; a second one ends it at once. It needs neither
Codex nor codexctl nor tmux to start, and finds them when they come.

${settingHelp(SETTINGS)}

${EXIT_CODES}`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseCommand(args, { word: "serve", options: settingOptions(SETTINGS) });
  const config = loadConfig(values);
  const other = await findServer(config.dir);
  if (other) {
    throw new CodexdashError(
      "conflict",
      `Cannot serve "${config.dir}" twice: ${other.url} does already (process ${other.pid}); ` +
        "stop that, or use another --data-dir",
    );
  }
  // Before the start: a signal that comes in between must not be lost.
  const signals = listenForSignals();
  const server = await startServer(config);
  print(`CodexDash is at ${server.url}`);
  if (!isLoopback(config.host)) {
    console.error(
      `codexdash: everybody who reaches ${config.host} can type into your agents: there is no login yet`,
    );
  }
  for (const line of await nextSteps(config)) print(line);
  await signals.first;
  console.error("codexdash: stopping");
  await server.stop();
  signals.stop();
  return 0;
}

/** The first signal resolves `first`; the second one ends the program as it would without us. */
function listenForSignals(): { first: Promise<void>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const codes = { SIGINT: 130, SIGTERM: 143 } as const;
  let is_stopping = false;
  const listeners = (["SIGINT", "SIGTERM"] as const).map((signal) => {
    const listener = () => {
      if (is_stopping) Deno.exit(codes[signal]);
      is_stopping = true;
      resolve();
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return { first: promise, stop: () => listeners.forEach((remove) => remove()) };
}

/** What a person without agents does now; nothing where there are some. */
async function nextSteps(config: Config): Promise<string[]> {
  if (!findProgram("tmux", config.path)) {
    return [
      "There is no tmux here, and agents live in it:",
      "  install it         sudo apt install tmux",
      "  then see it work   codexdash demo",
    ];
  }
  if (await hasAgents(config)) return [];
  const has_codex = findProgram(config.codex_bin, config.path) !== undefined;
  return [
    "No agents run yet:",
    ...(has_codex ? [] : ["  install Codex      npm install -g @openai/codex"]),
    "  start agents       codexdash up",
    "  try it without     codexdash demo",
  ];
}

async function hasAgents({ tmux_socket, session }: Config): Promise<boolean> {
  try {
    return (await listAgents(tmux_socket, session)).length > 0;
  } catch (error) {
    if (error instanceof CodexdashError) return false;
    throw error;
  }
}
