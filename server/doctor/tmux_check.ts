/** tmux, the agents' session, and what every agent's pane shows right now. */
import { readScreen, type ScreenReading } from "../codex/screen.ts";
import { CodexdashError } from "../error.ts";
import { tmux, tmuxArgs } from "../tmux/command.ts";
import { agentNames, type AgentPane, listAgents } from "../tmux/panes.ts";
import type { DoctorAgent, Finding } from "../wire.ts";
import { type Findings, ok, quote, type Visit } from "./visit.ts";

/** `refresh-client -B` and `attach -f ignore-size`, by which panes are watched, came with it. */
const OLDEST_TMUX = 3.2;

const INSTALL = Deno.build.os === "darwin" ? "brew install tmux" : "sudo apt install tmux";

export async function checkTmux({ config }: Visit): Promise<Findings> {
  const version = await findVersion();
  if (!version) {
    return {
      findings: [{
        id: "tmux_missing",
        severity: "error",
        title: "tmux is not installed",
        detail: "Agents live in tmux panes: without it none can be started or watched",
        remedy: INSTALL,
      }],
    };
  }
  const number = Number(/\d+\.\d+/.exec(version)?.[0] ?? Infinity);
  const program: Finding = number >= OLDEST_TMUX ? ok("tmux", "tmux is installed", version) : {
    id: "tmux_old",
    severity: "error",
    title: `${version} is too old`,
    detail: `Watching panes needs tmux ${OLDEST_TMUX} or newer`,
    remedy: INSTALL,
  };
  const session = await checkSession(config.tmux_socket, config.session);
  return { ...session, findings: [program, ...session.findings] };
}

async function findVersion(): Promise<string | undefined> {
  try {
    return (await tmux("", ["-V"])).stdout.trim();
  } catch (error) {
    if (error instanceof CodexdashError && error.code === "unavailable") return undefined;
    throw error;
  }
}

async function checkSession(socket: string, session: string): Promise<Findings> {
  let panes: AgentPane[];
  try {
    panes = await listAgents(socket, session);
  } catch (error) {
    if (!(error instanceof CodexdashError) || error.code !== "not_found") throw error;
    return {
      findings: [{
        id: "session_missing",
        severity: "warning",
        title: `There is no tmux session "${session}"`,
        detail: "No agents run yet" + (socket && `, on the tmux server "${socket}"`),
        remedy: "codexdash up",
      }],
    };
  }
  const [looks, names] = await Promise.all([
    Promise.all(panes.map((pane) => look(socket, pane))),
    readNames(socket, session),
  ]);
  const count = looks.length === 1 ? "1 agent" : `${looks.length} agents`;
  return {
    agents: Object.fromEntries(looks.map(({ pane, agent }) => [pane.agent, agent])),
    findings: [
      ok("session", `The tmux session "${session}" runs`, `${count} in it`),
      ...looks.map((look) => describe(look, socket)),
      ...names.filter((name) => !panes.some(({ agent }) => agent === name))
        .map((name) => unmapped(name, socket)),
    ],
  };
}

/** One pane as it is now. */
interface Look {
  pane: AgentPane;
  reading: ScreenReading | undefined;
  agent: DoctorAgent;
}

async function look(socket: string, pane: AgentPane): Promise<Look> {
  const { pane_id, window_name, mode, pane_dead, width } = pane;
  const screen = await tmux(socket, ["capture-pane", "-p", "-t", pane_id]);
  const reading = screen.ok
    ? readScreen(screen.stdout.split("\n"), { width, dead: pane_dead })
    : undefined;
  return {
    pane,
    reading,
    agent: {
      pane_id,
      window_name,
      responsive: reading !== undefined && !pane_dead,
      auth_needed: reading?.status === "auth",
      mode,
    },
  };
}

function describe({ pane, reading, agent }: Look, socket: string): Finding {
  const { agent: name, pane_id, window_name } = pane;
  const place = `Pane ${pane_id} in window "${window_name}"`;
  if (!agent.responsive) {
    return {
      id: "agent_dead",
      severity: "error",
      title: `${name}: its program has ended`,
      detail: place,
      remedy: command(socket, ["respawn-pane", "-t", pane_id]),
    };
  }
  if (agent.auth_needed) {
    return {
      id: "agent_auth",
      severity: "warning",
      title: `${name}: Codex asks to sign in`,
      detail: reading?.detail ?? place,
      remedy: "codexdash attach",
    };
  }
  if (reading?.kind !== "codex") {
    return {
      id: "agent_unknown",
      severity: "warning",
      title: `${name}: its pane shows no Codex`,
      detail: `${place} runs ${pane.current_command}`,
      remedy: "codexdash attach",
    };
  }
  return ok("agent", `${name}: Codex is there`, place);
}

/** Names that the session is told to have; codexctl's own four are only a guess and are not missed. */
async function readNames(socket: string, session: string): Promise<string[]> {
  const [own, global] = await Promise.all([
    tmux(socket, ["show-options", "-t", `=${session}:`]),
    tmux(socket, ["show-options", "-g"]),
  ]);
  const options = { session: own.stdout.split("\n"), global: global.stdout.split("\n") };
  const is_told = [...options.session, ...options.global]
    .some((row) => row.startsWith("@codexctl_agents "));
  return is_told ? agentNames(options) : [];
}

function unmapped(name: string, socket: string): Finding {
  return {
    id: "agent_unmapped",
    severity: "warning",
    title: `${name}: it has no pane`,
    detail:
      "It is in @codexctl_agents, and no pane is its own: name one, as tmux list-panes -a does",
    remedy: command(socket, ["set-option", "-g", `@codexctl_pane_${name}`, "%PANE"]),
  };
}

/** A tmux command for the user's own shell. */
function command(socket: string, args: string[]): string {
  const server = tmuxArgs(socket).filter((arg) => arg !== "-u");
  return ["tmux", ...server, ...args].map(quote).join(" ");
}
