/**
 * Every setting is a row of `SETTINGS`: flag, environment variables (first one set wins), default,
 * help. This file is the only reader of the environment; `loadConfig` turns rows into one frozen
 * `Config`. Flag beats environment beats default.
 */
import { join, resolve } from "node:path";
import { CodexdashError } from "./error.ts";

interface Setting {
  flag: string;
  env: readonly string[];
  /** A text; `$dir` and `$home` are expanded, like a leading `~` in any value of kind path or paths. */
  fallback: string;
  kind: "text" | "path" | "paths" | "integer" | "choice";
  choices?: readonly string[];
  min?: number;
  max?: number;
  help: string;
}

export const SETTINGS = {
  host: {
    flag: "host",
    env: ["CODEXDASH_HOST"],
    fallback: "127.0.0.1",
    kind: "text",
    help: "address to listen on",
  },
  port: {
    flag: "port",
    env: ["CODEXDASH_PORT"],
    fallback: "8090",
    kind: "integer",
    min: 0,
    max: 65535,
    help: "port to listen on, 0 for any free one",
  },
  allowed_hosts: {
    flag: "allowed-hosts",
    env: ["CODEXDASH_ALLOWED_HOSTS"],
    fallback: "",
    kind: "text",
    help: "more host names that browsers may reach the server by, comma-separated",
  },
  dir: {
    flag: "data-dir",
    env: ["CODEXDASH_DIR"],
    fallback: "~/.codexdash",
    kind: "path",
    help: "data folder",
  },
  events: {
    flag: "events",
    env: ["CODEXDASH_EVENTS"],
    fallback: "$dir/events.ndjson",
    kind: "path",
    help: "event file that every wrapper appends to",
  },
  db: {
    flag: "db",
    env: ["CODEXDASH_DB"],
    fallback: "$dir/codexdash.db",
    kind: "path",
    help: "SQLite database",
  },
  session: {
    flag: "session",
    env: ["CODEX_TMUX_SESSION", "CODEXCTL_SESSION"],
    fallback: "codexctl",
    kind: "text",
    help: "tmux session of the agents",
  },
  tmux_socket: {
    flag: "tmux-socket",
    env: ["CODEXDASH_TMUX_SOCKET"],
    fallback: "",
    kind: "text",
    help: "tmux server: a name as for tmux -L, or a path as for tmux -S; empty for the default one",
  },
  codex_home: {
    flag: "codex-home",
    env: ["CODEX_HOME"],
    fallback: "~/.codex",
    kind: "path",
    help: "Codex's own folder",
  },
  codex_homes: {
    flag: "codex-homes",
    env: ["CODEXDASH_CODEX_HOMES"],
    fallback: "",
    kind: "paths",
    help: "more folders like it whose sessions are followed, separated by colons",
  },
  rollout_horizon_days: {
    flag: "rollout-horizon-days",
    env: ["CODEXDASH_ROLLOUT_HORIZON_DAYS"],
    fallback: "30",
    kind: "integer",
    min: 1,
    max: 100_000,
    help: "session files untouched for longer are not read",
  },
  prices: {
    flag: "prices",
    env: ["CODEXDASH_PRICES"],
    fallback: "$dir/prices.json",
    kind: "path",
    help: "price list that costs are worked out with; without the file there are none",
  },
  codexctl: {
    flag: "codexctl",
    env: ["CODEXDASH_CODEXCTL"],
    fallback: "",
    kind: "text",
    help: "path of codexctl; empty to look on PATH and in ~/bin",
  },
  driver: {
    flag: "driver",
    env: ["CODEXDASH_DRIVER"],
    fallback: "auto",
    kind: "choice",
    choices: ["auto", "builtin", "codexctl"],
    help: "what types into panes; auto is codexctl where there is one and tmux_socket is empty",
  },
  max_event_line: {
    flag: "max-event-line",
    env: ["CODEXDASH_MAX_EVENT_LINE"],
    fallback: "200000",
    kind: "integer",
    min: 1000,
    max: 100_000_000,
    help: "longest line of the event file in bytes; a longer one is counted as a bad line",
  },
  job_id: {
    flag: "job-id",
    env: ["CODEXDASH_JOB_ID"],
    fallback: "",
    kind: "text",
    help: "job id of a send to one target; empty for a new one",
  },
  log: {
    flag: "log",
    env: ["CODEXDASH_LOG"],
    fallback: "info",
    kind: "choice",
    choices: ["debug", "info", "warn", "error", "silent"],
    help: "log level",
  },
  no_color: {
    flag: "no-color",
    env: ["NO_COLOR"],
    fallback: "",
    kind: "text",
    help: "any value turns colours off",
  },
  up_dir: {
    flag: "dir",
    env: ["CODEXCTL_DIR"],
    fallback: ".",
    kind: "path",
    help: "working folder of the agents that up starts",
  },
  up_window: {
    flag: "window",
    env: ["CODEXCTL_WINDOW"],
    fallback: "agents",
    kind: "text",
    help: "name of the window that up starts agents in",
  },
  up_agents: {
    flag: "agents",
    env: ["CODEXCTL_AGENTS"],
    fallback: "fast,deep,test,sec",
    kind: "text",
    help: "names of the agents, comma-separated",
  },
  up_profiles: {
    flag: "profiles",
    env: ["CODEXCTL_PROFILES"],
    fallback: "",
    kind: "text",
    help: "Codex profile of each agent, comma-separated",
  },
  up_models: {
    flag: "models",
    env: ["CODEXCTL_MODELS"],
    fallback: "",
    kind: "text",
    help: "model of each agent, comma-separated",
  },
  up_layout: {
    flag: "layout",
    env: ["CODEXCTL_LAYOUT"],
    fallback: "tiled",
    kind: "choice",
    choices: ["tiled", "even-horizontal", "even-vertical"],
    help: "tmux layout of the panes",
  },
  codex_bin: {
    flag: "codex-bin",
    env: ["CODEXCTL_CODEX_BIN"],
    fallback: "codex",
    kind: "text",
    help: "the Codex program",
  },
  codex_args: {
    flag: "args",
    env: ["CODEXCTL_CODEX_ARGS", "CODEX_ARGS"],
    fallback: "",
    kind: "text",
    help: "more arguments for Codex, split at spaces",
  },
  wait: {
    flag: "wait",
    env: ["CODEXCTL_WAIT"],
    fallback: "90",
    kind: "integer",
    min: 0,
    max: 86_400,
    help: "seconds that send waits for an answer",
  },
  tail: {
    flag: "tail",
    env: ["CODEXCTL_TAIL"],
    fallback: "260",
    kind: "integer",
    min: 1,
    max: 100_000,
    help: "lines of the pane that send prints",
  },
  scroll: {
    flag: "scroll",
    env: ["CODEXCTL_SCROLL"],
    fallback: "5000",
    kind: "integer",
    min: 0,
    max: 1_000_000,
    help: "lines of scrollback that send looks through",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** Resolved settings: integers are numbers, paths are absolute. */
export type Config = Readonly<
  & {
    [Name in SettingName]: typeof SETTINGS[Name]["kind"] extends "integer" ? number : string;
  }
  & { home: string; path: string; tmux: string; tmux_pane: string; tmux_tmpdir: string }
>;

/** Flag values by flag name, as a command line parser returns them. */
export type Flags = Record<string, string | boolean | undefined>;

/**
 * Reads every setting. Throws `CodexdashError` "invalid" that names the flag or variable, the value
 * and what is allowed.
 */
export function loadConfig(
  flags: Flags = {},
  env: Record<string, string> = Deno.env.toObject(),
): Config {
  const home = env["HOME"] || "/";
  const values: Record<string, string | number> = {};
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const { text, origin } = given(setting, flags, env);
    values[name] = convert(setting, text, origin, home, String(values["dir"] ?? ""));
  }
  return Object.freeze({
    ...values,
    home,
    path: env["PATH"] ?? "",
    tmux: env["TMUX"] ?? "",
    tmux_pane: env["TMUX_PANE"] ?? "",
    tmux_tmpdir: env["TMUX_TMPDIR"] ?? "",
  }) as Config;
}

function given(
  setting: Setting,
  flags: Flags,
  env: Record<string, string>,
): { text: string; origin: string } {
  const flag = flags[setting.flag];
  if (typeof flag === "string") return { text: flag, origin: `--${setting.flag}` };
  for (const variable of setting.env) {
    const value = env[variable];
    if (value !== undefined && value !== "") return { text: value, origin: variable };
  }
  return { text: setting.fallback, origin: "default" };
}

function convert(
  setting: Setting,
  text: string,
  origin: string,
  home: string,
  dir: string,
): string | number {
  switch (setting.kind) {
    case "text":
      return text;
    case "path":
      return absolute(text.replace(/^\$dir\b/, () => dir), home);
    case "paths":
      return text.split(":").filter(Boolean).map((path) => absolute(path, home)).join(":");
    case "choice":
      if (setting.choices?.includes(text)) return text;
      throw new CodexdashError(
        "invalid",
        `Cannot use "${text}" for ${origin}: it must be one of ${setting.choices?.join(", ")}`,
      );
    case "integer": {
      const { min = 0, max = Number.MAX_SAFE_INTEGER } = setting;
      const number = Number(text);
      if (/^\d+$/.test(text) && number >= min && number <= max) return number;
      throw new CodexdashError(
        "invalid",
        `Cannot use "${text}" for ${origin}: it must be a whole number from ${min} to ${max}`,
      );
    }
    default:
      return setting.kind satisfies never;
  }
}

/** Without the folder named, resolve() loads all of node:process: 7 ms of every start. */
function absolute(path: string, home: string): string {
  return resolve(Deno.cwd(), expandHome(path, home));
}

function expandHome(text: string, home: string): string {
  return text === "~" ? home : text.startsWith("~/") ? join(home, text.slice(2)) : text;
}

/** Options for `parseArgs` of node:util: the flags of the named settings, each taking a value. */
export function settingOptions(names: readonly SettingName[]): Record<string, { type: "string" }> {
  return Object.fromEntries(names.map((name) => [SETTINGS[name].flag, { type: "string" }]));
}

/** Help lines for the named settings: flag, help, variables and default. */
export function settingHelp(names: readonly SettingName[]): string {
  return names.map((name) => {
    const { flag, env, fallback, help } = SETTINGS[name];
    const origin = [env.join(" or "), fallback && `default ${fallback}`].filter(Boolean).join(", ");
    return `  --${flag.padEnd(16)} ${help} [${origin}]`;
  }).join("\n");
}

/** Whether a server that listens on `host` is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
