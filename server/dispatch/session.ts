/**
 * Starts and stops the tmux session of the agents where there is no codexctl: the same windows, titles
 * and `@codexctl_*` options, so that either tool understands the other's session (REC tmux-options,
 * tmux-list-panes, codexctl-ids).
 */
import { join } from "node:path";
import { TITLE_ITEMS } from "../codex/title.ts";
import type { Config } from "../config.ts";
import { CodexdashError } from "../error.ts";
import { tmux } from "../tmux/command.ts";
import { findProgram } from "./programs.ts";

export interface UpOptions {
  /** A window for each agent instead of a pane. */
  windows: boolean;
  /** Agents neither ask nor are kept in a sandbox. */
  unsafe: boolean;
  /** Agents name their threads in their titles, at the price of a server of their own each. */
  thread_titles: boolean;
  /** Told of what was done otherwise than asked. */
  onNotice: (message: string) => void;
}

export interface StartedAgent {
  agent: string;
  pane_id: string;
  profile: string;
  model: string;
}

/**
 * Size until a terminal attaches: tmux's own 80x24 has no room for five tiled panes, and Codex wraps
 * its job marker below 46 columns (REC pane-3-rows-high, pane-narrow).
 */
const DETACHED_SIZE = ["-x", "200", "-y", "50"];

/** What codexctl writes where no model or profile is given (REC tmux-options). */
const NONE_GIVEN = ",,,";

/**
 * Starts the session with its CTRL pane and every agent. Throws `CodexdashError` "invalid" for a name
 * that tmux cannot hold or a folder that is not there, "conflict" when the session exists, "unavailable"
 * without tmux or Codex; nothing is left behind then.
 */
export async function startSession(config: Config, options: UpOptions): Promise<StartedAgent[]> {
  const names = agentNames(config);
  const codex = findProgram(config.codex_bin, config.path);
  if (codex === undefined) {
    throw new CodexdashError(
      "unavailable",
      `Cannot find "${config.codex_bin}" on PATH: install it (npm install -g @openai/codex) or name ` +
        "it with --codex-bin",
    );
  }
  checkFolder(config.up_dir);
  if (await isUp(config)) {
    throw new CodexdashError(
      "conflict",
      `Session "${config.session}" is up already: open it with codexdash attach, or stop it with ` +
        "codexdash down",
    );
  }
  const ctrl = await startCtrl(config);
  try {
    const agents: StartedAgent[] = [];
    for (const [index, agent] of names.entries()) {
      const profile = config.up_profiles.split(",")[index]?.trim() ?? "";
      const model = config.up_models.split(",")[index]?.trim() ?? "";
      const command = codexCommand(config, { codex, profile, model, ...options });
      const pane_id = await startAgent(config, { agent, ctrl, command, options });
      agents.push({ agent, pane_id, profile, model });
    }
    await writeOptions(config, agents);
    return agents;
  } catch (error) {
    await tmux(config.tmux_socket, ["kill-session", "-t", `=${config.session}`]);
    throw error;
  }
}

/** Stops the session and forgets its agents. Returns false when it was not up. */
export async function stopSession(config: Config): Promise<boolean> {
  if (!await isUp(config)) return false;
  await removeOptions(config);
  await run(config, ["kill-session", "-t", `=${config.session}`]);
  return true;
}

/** Whether the session exists. Throws `CodexdashError` "unavailable" without tmux. */
export async function isUp({ tmux_socket, session }: Config): Promise<boolean> {
  return (await tmux(tmux_socket, ["has-session", "-t", `=${session}`])).ok;
}

function agentNames({ up_agents, session }: Config): string[] {
  const names = up_agents.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const bad = names.find((name) =>
    !/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name) || name === "all"
  );
  if (bad !== undefined) {
    throw new CodexdashError(
      "invalid",
      `Cannot call an agent "${bad}": use letters, digits, - and _, and not "all"`,
    );
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new CodexdashError("invalid", `Cannot start "${twice}" twice: name it once`);
  if (names.length === 0) throw new CodexdashError("invalid", "Cannot start no agents: name some");
  if (/[.:]/.test(session) || session === "") {
    throw new CodexdashError("invalid", `Cannot call a session "${session}": leave out . and :`);
  }
  return names;
}

function checkFolder(dir: string): void {
  try {
    if (Deno.statSync(dir).isDirectory) return;
  } catch {
    // Said below.
  }
  throw new CodexdashError("invalid", `Cannot start agents in "${dir}": no such folder`);
}

async function startCtrl(config: Config): Promise<string> {
  const pane_id = await run(config, [
    ...["new-session", "-d", "-P", "-F", "#{pane_id}", "-s", literal(config.session)],
    ...["-n", literal(config.up_window), "-c", literal(config.up_dir), ...DETACHED_SIZE],
  ]);
  await setTitle(config, pane_id, "CTRL  (codexctl)");
  return pane_id;
}

interface Launch {
  codex: string;
  profile: string;
  model: string;
  unsafe: boolean;
  thread_titles: boolean;
}

function codexCommand(config: Config, launch: Launch): string[] {
  const { codex, profile, model, unsafe, thread_titles } = launch;
  return [
    // tmux gives a command of one word to a shell, of several words to none.
    ...["env", codex],
    ...(profile ? ["--profile", profile] : []),
    ...(model ? ["-m", model] : []),
    ...config.codex_args.split(/\s+/).filter((word) => word !== ""),
    ...(thread_titles ? ["-c", `tui.terminal_title=${JSON.stringify(TITLE_ITEMS)}`] : []),
    ...(unsafe ? ["--dangerously-bypass-approvals-and-sandbox"] : []),
  ];
}

interface Start {
  agent: string;
  ctrl: string;
  command: string[];
  options: UpOptions;
}

async function startAgent(config: Config, start: Start): Promise<string> {
  const { agent, ctrl, options } = start;
  const pane_id = options.windows
    ? await newWindow(config, start)
    : await splitWindow(config, start) ?? await newWindow(config, start);
  await setTitle(config, pane_id, `AGENT:@${agent}`);
  if (!options.windows) {
    await tmux(config.tmux_socket, ["select-layout", "-t", ctrl, config.up_layout]);
  }
  return pane_id;
}

async function newWindow(config: Config, { agent, command }: Start): Promise<string> {
  return await run(config, [
    ...["new-window", "-d", "-P", "-F", "#{pane_id}", "-t", `=${config.session}:`, "-n", agent],
    ...inFolder(config),
    ...command.map(argument),
  ]);
}

/** Undefined where the window has no room for one more pane. */
async function splitWindow(config: Config, start: Start): Promise<string | undefined> {
  const { agent, ctrl, command, options } = start;
  const result = await tmux(config.tmux_socket, [
    ...["split-window", "-d", "-P", "-F", "#{pane_id}", "-t", ctrl],
    ...inFolder(config),
    ...command.map(argument),
  ]);
  if (result.ok) return result.stdout.trim();
  if (!result.stderr.includes("no space for new pane")) throw failed(result.stderr);
  options.onNotice(`Agent "${agent}" got a window of its own: there is no room for one more pane`);
  return undefined;
}

/** A tmux server that is running already does not have our environment. */
function inFolder(config: Config): string[] {
  const given = config.codex_home !== join(config.home, ".codex");
  return [
    ...["-c", literal(config.up_dir)],
    ...(given ? ["-e", argument(`CODEX_HOME=${config.codex_home}`)] : []),
  ];
}

async function setTitle(config: Config, pane_id: string, title: string): Promise<void> {
  await tmux(config.tmux_socket, ["select-pane", "-t", pane_id, "-T", literal(title)]);
}

/** Globally, as codexctl does: REC tmux-options is `show-options -g`. */
async function writeOptions(config: Config, agents: StartedAgent[]): Promise<void> {
  const options: [string, string][] = [
    ["agents", agents.map(({ agent }) => agent).join(",")],
    ["dir", config.up_dir],
    ["models", config.up_models || NONE_GIVEN],
    ["profiles", config.up_profiles || NONE_GIVEN],
    ...agents.flatMap(({ agent, pane_id, model, profile }): [string, string][] => [
      [`pane_${agent}`, pane_id],
      [`model_${agent}`, model],
      [`profile_${agent}`, profile],
    ]),
  ];
  await run(
    config,
    options.flatMap(([name, value], index) => [
      ...(index > 0 ? [";"] : []),
      ...["set-option", "-g", `@codexctl_${name}`, argument(value)],
    ]),
  );
}

/** Those that an earlier session left are gone too: a map to dead panes is worse than none. */
async function removeOptions(config: Config): Promise<void> {
  const shown = await run(config, ["show-options", "-g"]);
  const names = shown.match(/^@codexctl_\S+/gm) ?? [];
  if (names.length === 0) return;
  await run(
    config,
    names.flatMap((name, index) => [...(index > 0 ? [";"] : []), "set-option", "-gu", name]),
  );
}

async function run({ tmux_socket }: Config, args: string[]): Promise<string> {
  const result = await tmux(tmux_socket, args);
  if (!result.ok) throw failed(result.stderr);
  return result.stdout.trim();
}

function failed(reason: string): CodexdashError {
  return new CodexdashError("unavailable", `Cannot arrange the session: tmux says "${reason}"`);
}

/** An argument as tmux takes it from an argv, where a `;` at the end starts the next command. */
function argument(text: string): string {
  return text.replace(/;$/, "\\;");
}

/** An argument that tmux reads as a format. */
function literal(text: string): string {
  return argument(text.replaceAll("#", "##"));
}
