/**
 * Which pane is which agent's. codexctl says so in tmux options; where it does not, names and titles
 * do. Pure but for `listAgents`, which asks tmux once.
 */
import { CodexdashError } from "../error.ts";
import { SEPARATOR, tmux, type TmuxSocket } from "./command.ts";
import { unquoteValue } from "./quote.ts";

/** One pane of the session, as `PANE_FORMAT` lists it. */
export interface Pane {
  pane_id: string;
  window_name: string;
  session: string;
  pane_dead: boolean;
  pane_title: string;
  current_command: string;
  width: number;
  height: number;
  pane_pid: number;
  /** How many panes its window holds. */
  window_panes: number;
}

export interface AgentPane extends Pane {
  agent: string;
  /** Its place in the list of names, from 1: codexctl's `@1`, also while another has no pane. */
  index: number;
  /** Whether it has a window of its own. */
  mode: "windows" | "panes";
  /** Whether only a title says so, or said so once. */
  by_title: boolean;
}

/** codexctl's own four, where the session names none. */
export const DEFAULT_AGENTS: readonly string[] = ["fast", "deep", "test", "sec"];

/** More would be a broken option rather than a team. */
const MAX_AGENTS = 64;

const NAMES_OPTION = "@codexctl_agents";
const PANE_OPTION = "@codexctl_pane_";

/** A text that a program chose, unable to look like two fields. */
const text = (name: string) => `#{s/${SEPARATOR}/ /:${name}}`;

/** For `list-panes -F`; `parsePanes` reads it. Panes come in the order of windows and places. */
export const PANE_FORMAT = [
  "#{pane_id}",
  "#{pane_dead}",
  "#{pane_pid}",
  "#{pane_width}",
  "#{pane_height}",
  "#{window_panes}",
  text("session_name"),
  text("window_name"),
  text("pane_current_command"),
  text("pane_title"),
].join(SEPARATOR);

/** Panes from rows of `list-panes -F PANE_FORMAT`; a row of another shape is left out. */
export function parsePanes(rows: readonly string[]): Pane[] {
  return rows.flatMap((row) => {
    const fields = row.split(SEPARATOR);
    const [pane_id, dead, pid, width, height, panes, session, window_name, command, title] = fields;
    if (fields.length !== 10 || !pane_id?.startsWith("%")) return [];
    return [{
      pane_id,
      window_name: window_name!,
      session: session!,
      pane_dead: dead === "1",
      pane_title: title!,
      current_command: command!,
      width: Number(width),
      height: Number(height),
      pane_pid: Number(pid),
      window_panes: Number(panes),
    }];
  });
}

/** Rows of `show-options` for the session and of `show-options -g`; the session's own count first. */
export interface OptionRows {
  session: readonly string[];
  global: readonly string[];
}

/** The agents' names in order: `@codexctl_agents`, else codexctl's four. */
export function agentNames(options: OptionRows): string[] {
  const list = findOption(options, NAMES_OPTION)?.split(",").map((name) => name.trim());
  const names = [...new Set(list?.filter((name) => name !== ""))].slice(0, MAX_AGENTS);
  return names.length > 0 ? names : [...DEFAULT_AGENTS];
}

/**
 * Agent → pane. Rule by rule, so that a pane that one agent has by a better rule is never another's:
 * the pane that the option names, if it exists; a window named after the agent; the title
 * `AGENT:@name`, or the pane in `titled` that had it (Codex overwrites it within seconds, REC
 * tmux-list-panes); the running command. Within a rule living panes come first, then tmux's order.
 */
export function mapAgents(
  panes: readonly Pane[],
  options: OptionRows,
  titled: ReadonlyMap<string, string> = new Map(),
): Map<string, AgentPane> {
  const names = agentNames(options);
  const ordered = [...panes].sort((a, b) => Number(a.pane_dead) - Number(b.pane_dead));
  const rules: { by_title: boolean; fits: (name: string, pane: Pane) => boolean }[] = [
    { by_title: false, fits: (name, pane) => optionPane(options, name) === pane.pane_id },
    { by_title: false, fits: (name, pane) => pane.window_name === name },
    { by_title: true, fits: (name, pane) => titledAgent(pane.pane_title) === name },
    { by_title: true, fits: (name, pane) => titled.get(name) === pane.pane_id },
    { by_title: false, fits: (name, pane) => pane.current_command === name },
  ];
  const found = new Map<string, AgentPane>();
  const taken = new Set<string>();
  for (const { by_title, fits } of rules) {
    for (const agent of names) {
      if (found.has(agent)) continue;
      const pane = ordered.find((pane) => !taken.has(pane.pane_id) && fits(agent, pane));
      if (!pane) continue;
      taken.add(pane.pane_id);
      const mode = pane.window_panes > 1 ? "panes" : "windows";
      found.set(agent, { ...pane, agent, index: names.indexOf(agent) + 1, mode, by_title });
    }
  }
  return new Map(names.flatMap((name) => found.has(name) ? [[name, found.get(name)!]] : []));
}

/** The name in a title as codexctl sets it: `AGENT:@fast` and perhaps more words. */
export function titledAgent(title: string): string | undefined {
  return /(?:^|\s)AGENT:@(\S+)/.exec(title)?.[1];
}

function optionPane(options: OptionRows, name: string): string | undefined {
  return findOption(options, PANE_OPTION + name, (value) => /^%\d+$/.test(value));
}

/**
 * tmux prints names unquoted, so a row for "a b" starts like one for "a": `fits` tells them apart.
 */
function findOption(
  options: OptionRows,
  name: string,
  fits: (value: string) => boolean = () => true,
): string | undefined {
  for (const rows of [options.session, options.global]) {
    for (const row of rows) {
      if (!row.startsWith(name + " ")) continue;
      const value = unquoteValue(row.slice(name.length + 1));
      if (fits(value)) return value;
    }
  }
  return undefined;
}

/**
 * The session's agents that have a pane now, in the order of their names. Throws `CodexdashError`:
 * "not_found" when there is no such session, "unavailable" when there is no tmux program.
 */
export async function listAgents(socket: TmuxSocket, session: string): Promise<AgentPane[]> {
  // With the colon the name can only be a session's, never a window's.
  const target = `=${session}:`;
  const [panes, own, global] = await Promise.all([
    tmux(socket, ["list-panes", "-s", "-t", target, "-F", PANE_FORMAT]),
    tmux(socket, ["show-options", "-t", target]),
    tmux(socket, ["show-options", "-g"]),
  ]);
  if (!panes.ok) {
    throw new CodexdashError(
      "not_found",
      `Cannot find tmux session "${session}": start the agents with codexdash up`,
    );
  }
  const options = { session: own.stdout.split("\n"), global: global.stdout.split("\n") };
  return [...mapAgents(parsePanes(panes.stdout.split("\n")), options).values()];
}
