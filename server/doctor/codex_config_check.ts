/**
 * What in Codex's own config.toml makes agents better known: titles that name their threads, and hooks
 * that tell what happens. Both are the user's to add: the file is read here, and never written.
 */
import { join } from "node:path";
import { parse } from "smol-toml";
import { type Json, list, record, text } from "../codex/json.ts";
import { TITLE_ITEMS } from "../codex/title.ts";
import { type Config, SETTINGS } from "../config.ts";
import { errorText } from "../error.ts";
import { selfCommand } from "../self.ts";
import type { Finding } from "../wire.ts";
import { type Findings, ok, quote, type Visit } from "./visit.ts";

/** Of Codex's hooks those that say what an agent does; each costs the time of one short program. */
const HOOKS = [
  "UserPromptSubmit",
  "PermissionRequest",
  "PostToolUse",
  "PostModelRequest",
  "Stop",
  "Interrupt",
] as const;

/** In seconds; `codexdash hook` takes about a tenth of one. Codex allows Interrupt three. */
const HOOK_TIMEOUT = 3;

const TITLE_LINE = `terminal_title = [${TITLE_ITEMS.map((item) => `"${item}"`).join(", ")}]`;

export function checkCodexConfig({ config }: Visit): Findings {
  const path = join(config.codex_home, "config.toml");
  let settings: Json;
  let more_hooks: Json | undefined;
  try {
    settings = parse(readOr(path, "")) as Json;
    const hooks_path = join(config.codex_home, "hooks.json");
    more_hooks = record(record(JSON.parse(readOr(hooks_path, "{}")))?.["hooks"]);
  } catch (error) {
    return {
      findings: [{
        id: "codex_config_unreadable",
        severity: "warning",
        title: "Codex's settings cannot be read",
        detail: `${path} or hooks.json beside it: ${errorText(error).split("\n")[0]}`,
        remedy: null,
      }],
    };
  }
  const hooks = [record(settings["hooks"]), more_hooks].filter((table) => table !== undefined);
  return {
    findings: [
      checkTitles(record(settings["tui"]), path),
      checkHooks(hooks, { settings, config, path }),
    ],
  };
}

function checkTitles(tui: Json | undefined, path: string): Finding {
  const title = tui?.["terminal_title"];
  const missing = TITLE_ITEMS.filter((item) => !list(title).includes(item));
  if (missing.length === 0) {
    return ok("codex_titles", "Codex's titles name its threads", path);
  }
  const place = title !== undefined
    ? `change terminal_title below [tui] in ${path} to this line`
    : tui
    ? `add this line below [tui] in ${path}`
    : `add these lines at the end of ${path}`;
  return {
    id: "codex_titles",
    severity: "info",
    title: missing.includes("thread-id")
      ? "Codex's titles do not name its threads"
      : "Codex's titles do not say when it waits for an answer",
    detail:
      "With its thread in the title, each pane is known by it, also in Codex's shared daemon, where " +
      "no process tells them apart; with its activity, a question is known by it: " +
      `${place}, then start the agents again`,
    remedy: tui ? TITLE_LINE : `[tui]\n${TITLE_LINE}`,
  };
}

function checkHooks(
  tables: Json[],
  { settings, config, path }: { settings: Json; config: Config; path: string },
): Finding {
  if (record(settings["features"])?.["hooks"] === false) {
    return ok("codex_hooks", "Codex's hooks are turned off", `features.hooks in ${path}`);
  }
  const set = HOOKS.filter((name) => tables.some((table) => commandsOf(table[name]).some(isOurs)));
  const notify = isOurs(list(settings["notify"]).map(text).join(" "));
  const missing = HOOKS.filter((name) => !set.includes(name));
  if (missing.length === 0 || (set.length === 0 && notify)) {
    const what = missing.length === 0 ? "Codex's hooks call" : "Codex's notify calls";
    return ok("codex_hooks", `${what} codexdash hook`, path);
  }
  return {
    id: "codex_hooks",
    severity: "info",
    title: set.length === 0
      ? "Codex's hooks do not call codexdash hook"
      : `Codex's hooks call codexdash hook, all but ${missing.join(", ")}`,
    detail:
      "With them Codex itself says that it works, asks or has ended, also where no title or screen " +
      `does: add these lines at the end of ${path}; Codex asks once whether to trust them`,
    remedy: hookLines(missing, config),
  };
}

/** `hooks.<name>` is a list of groups, each with a list of commands. */
function commandsOf(groups: unknown): string[] {
  return list(groups).flatMap((group) =>
    list(record(group)?.["hooks"]).map((hook) => text(record(hook)?.["command"]) ?? "")
  );
}

/** This installation's or another one's. */
function isOurs(command: string): boolean {
  return /(?:codexdash|main\.ts)['"]?\s+['"]?hook\b/.test(command);
}

/** TOML that makes each of these hooks call this installation. */
function hookLines(names: readonly string[], config: Config): string {
  // Codex gives the command to a shell.
  const command = selfCommand(["hook", ...placeFlags(config)]).map(quote).join(" ");
  return names.map((name) =>
    `[[hooks.${name}]]\n` +
    `hooks = [{ type = "command", command = ${
      JSON.stringify(command)
    }, timeout = ${HOOK_TIMEOUT} }]`
  ).join("\n");
}

/** A hook has the variables of whoever started Codex: places of one's own have to be said. */
function placeFlags(config: Config): string[] {
  const usual = join(config.home, SETTINGS.dir.fallback.slice(2), "events.ndjson");
  return [
    ...(config.events === usual ? [] : ["--events", config.events]),
    ...(config.tmux_socket === "" ? [] : ["--tmux-socket", config.tmux_socket]),
  ];
}

function readOr(path: string, fallback: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return fallback;
    throw error;
  }
}
