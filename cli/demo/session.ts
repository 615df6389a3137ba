/**
 * A tmux session as codexctl's `up --windows` leaves it, with demo agents in it: a window `agents` with
 * a CTRL pane, one window for each agent, and the `@codexctl_*` options (REC tmux-options).
 */
import { CodexdashError } from "../../server/error.ts";
import { selfCommand } from "../../server/self.ts";
import { tmux } from "../../server/tmux/command.ts";

export interface DemoAgent {
  name: string;
  /** Arguments of `codexdash demo-agent`. */
  args: string[];
  /** Empty for the agent's own default. */
  model: string;
}

export interface DemoSession {
  /** A path: a tmux server of its own, never the user's. */
  socket: string;
  session: string;
  /** Working folder of the agents. */
  dir: string;
  /** Added to the environment of every pane. */
  env: Record<string, string>;
  agents: readonly DemoAgent[];
  width: number;
  height: number;
}

/** What codexctl writes where no model or profile is given, whatever the number of agents. */
const NONE_GIVEN = ",,,";

/** Starts the session; the agents come up behind it. Returns each agent's pane id. */
export async function startSession(demo: DemoSession): Promise<Map<string, string>> {
  const { socket, session, dir, agents, width, height } = demo;
  const env = Object.entries(demo.env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const names = agents.map(({ name }) => name).join(",");
  const models = agents.map(({ model }) => model);
  const created = await must(socket, [
    ...["-f", "/dev/null", "new-session", "-d", "-s", session, "-n", "agents"],
    ...["-x", `${width}`, "-y", `${height}`, "-c", dir, ...env, "--", "sh"],
    ...[";", "select-pane", "-t", `=${session}:agents`, "-T", "CTRL  (codexctl)"],
    ...agents.flatMap((agent) => windowCommands(demo, agent)),
    ...option("agents", names),
    ...option("dir", dir),
    ...option("models", models.join("") === "" ? NONE_GIVEN : models.join(",")),
    ...option("profiles", NONE_GIVEN),
  ]);
  const panes = created.trim().split("\n");
  const paneOf = new Map(agents.map(({ name }, index) => [name, panes[index] ?? ""]));
  await must(
    socket,
    agents.flatMap(({ name, model }) => [
      ...option(`pane_${name}`, paneOf.get(name) ?? ""),
      ...option(`model_${name}`, model),
      ...option(`profile_${name}`, ""),
    ]).slice(1),
  );
  return paneOf;
}

/** One command list for all: the title is codexctl's before the agent can set its own. */
function windowCommands(demo: DemoSession, { name, args, model }: DemoAgent): string[] {
  const { session, dir } = demo;
  const program = selfCommand([
    "demo-agent",
    ...["--dir", dir, ...model === "" ? [] : ["--model", model], ...args],
  ]);
  return [
    ...[";", "new-window", "-d", "-t", `=${session}:`, "-n", name, "-c", dir],
    ...["-P", "-F", "#{pane_id}", "--", ...program],
    ...[";", "select-pane", "-t", `=${session}:=${name}`, "-T", `AGENT:@${name}`],
  ];
}

function option(name: string, value: string): string[] {
  return [";", "set-option", "-g", `@codexctl_${name}`, value];
}

async function must(socket: string, args: string[]): Promise<string> {
  const { ok, stdout, stderr } = await tmux(socket, args);
  if (ok) return stdout;
  throw new CodexdashError("unavailable", `Cannot start the demo's tmux session: ${stderr}`);
}
