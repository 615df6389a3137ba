/**
 * `codexdash demo`: agents that need no Codex, in a tmux server of their own, watched by the real
 * server, with a script in the place of a person.
 */
import { isLoopback, loadConfig, settingHelp } from "../server/config.ts";
import { CodexdashError } from "../server/error.ts";
import { selfCommand } from "../server/self.ts";
import { type RunningServer, startServer } from "../server/serve.ts";
import { tmux } from "../server/tmux/command.ts";
import { numberOption, parseCommand } from "./args.ts";
import { DemoFolder } from "./demo/folder.ts";
import { type PlayerOptions, playForever, playOnce } from "./demo/player.ts";
import { SCRIPT } from "./demo/script.ts";
import { startSession } from "./demo/session.ts";
import { TowerWatch } from "./demo/tower_watch.ts";
import { goDirect } from "./server_link.ts";
import { print } from "./terminal.ts";

export const help = `Usage: codexdash demo [options]

Starts agents that only play Codex, in a tmux server and a temporary folder of their own, the real
server over them, and sends them prompts. Nothing of yours is read or changed, no command is ever run.
Ctrl-C ends it and removes everything.

Options:
  --agents a,b,c,d   their names (default fast,deep,test,sec)
  --port N           port to listen on (default any free one)
${settingHelp(["host"])}
  --seed N           which scripted answers (default 0)
  --speed X          how many times faster than a person and a model (default 1)
  --once             end when the script is through
  --no-prompts       send nothing: you do it
  --keep             leave the folder when it ends
  --log LEVEL        debug, info, warn, error or silent (default warn)

Exit codes: 0 ended by you or by --once, 1 failed, 2 wrong usage.`;

const OPTIONS = {
  host: { type: "string" },
  port: { type: "string" },
  log: { type: "string" },
  agents: { type: "string" },
  seed: { type: "string" },
  speed: { type: "string" },
  once: { type: "boolean" },
  keep: { type: "boolean" },
  "no-prompts": { type: "boolean" },
} as const;

/** A server or tmux that hangs must not keep a terminal. */
const END_MS = 10_000;

const WIDTH = 100;
const HEIGHT = 29;

/** Exit code 0. Throws `CodexdashError` when it cannot start; nothing is left behind then. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseCommand(args, { word: "demo", options: OPTIONS });
  const names = agentNames(values.agents ?? "fast,deep,test,sec");
  const speed = speedOption(values.speed);
  const seed = numberOption("demo", { name: "seed", text: values.seed }) ?? 0;
  const user = loadConfig({
    host: values.host,
    port: values.port ?? "0",
    log: values.log ?? "warn",
  });

  const stop = new AbortController();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stopped = () => stop.abort(new Error("stopped"));
  for (const signal of signals) Deno.addSignalListener(signal, stopped);
  const folder = new DemoFolder();
  let server: RunningServer | undefined;
  let watch: TowerWatch | undefined;
  try {
    const panes = await startSession({
      socket: folder.socket,
      session: "codexctl",
      dir: folder.project,
      env: folder.env(),
      agents: names.map((name, index) => ({
        name,
        args: ["--seed", `${seed + index}`, "--speed", `${speed}`],
        model: index === 0 ? "gpt-6-luna" : "gpt-6.1-sol",
      })),
      width: WIDTH,
      height: HEIGHT,
    });
    server = await startServer(folder.config(user));
    goDirect(server.url);
    watch = new TowerWatch(server.url);
    for (const line of welcome(folder, { url: server.url, host: user.host, names })) print(line);
    await play({
      names,
      watch,
      speed,
      stop: stop.signal,
      send: (agent, prompt) => send(folder, { agent, prompt, stop: stop.signal }),
      press: (agent, key) => press(folder, panes.get(agent), key),
      say: print,
    }, values);
  } finally {
    const hanging = setTimeout(() => Deno.exit(1), END_MS);
    watch?.close();
    await server?.stop();
    await folder.end({ keep: values.keep ?? false });
    clearTimeout(hanging);
    for (const signal of signals) Deno.removeSignalListener(signal, stopped);
  }
  print(
    values.keep ? `The demo's folder is ${folder.dir}` : "The demo is over, nothing is left of it",
  );
  return 0;
}

/** Returns when the script is through, or the person has ended it. */
async function play(
  player: PlayerOptions,
  options: { once?: boolean | undefined; "no-prompts"?: boolean | undefined },
): Promise<void> {
  const script = options["no-prompts"] ? [] : SCRIPT;
  try {
    if (options.once) await playOnce(script, player);
    else if (script.length > 0) await playForever(script, player);
    else await player.watch.until(() => false, player.stop);
  } catch (error) {
    if (error !== player.stop.reason) throw error;
  }
}

/** The user's own road: our command line, as a child. */
async function send(
  folder: DemoFolder,
  { agent, prompt, stop }: { agent: string; prompt: string; stop: AbortSignal },
): Promise<string | undefined> {
  const words = ["send", "--wait", "0", "--quiet", agent, "--", prompt];
  const [program = "", ...args] = selfCommand(words);
  const { success, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder.project,
    env: folder.env(),
    signal: stop,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr).trim();
}

async function press(folder: DemoFolder, pane: string | undefined, key: string): Promise<void> {
  const { ok, stderr } = await tmux(folder.socket, ["send-keys", "-t", pane ?? "", key]);
  if (!ok) throw new CodexdashError("unavailable", `Cannot press "${key}": ${stderr}`);
}

function welcome(
  folder: DemoFolder,
  { url, host, names }: { url: string; host: string; names: readonly string[] },
): string[] {
  const program = selfCommand([]).map(quoted).join(" ");
  const settings = Object.entries(folder.settings()).map(([name, value]) =>
    `${name}=${quoted(value)}`
  );
  return [
    `CodexDash is at ${url}`,
    "",
    `${names.join(", ")} only play Codex: no model is asked and no command is run.`,
    "Watch the cards while prompts come in; open a job to see its prompt and its transcript.",
    "",
    "Take part from another shell:",
    `  export ${settings.join(" ")}`,
    `  ${program} send ${names[0]} "explain this repository"`,
    `  ${program} attach`,
    ...isLoopback(host) ? [] : [`Everybody who reaches ${host} can take part: there is no login.`],
    "",
    "Ctrl-C ends it and removes everything.",
    "",
  ];
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function agentNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  const bad = names.find((name, index) =>
    !/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name) || name === "all" ||
    names.indexOf(name) !== index
  );
  if (bad === undefined) return names;
  throw new CodexdashError(
    "invalid",
    `Cannot call an agent "${bad}": use letters, digits, - and _, each name once, and not "all"`,
  );
}

function speedOption(text = "1"): number {
  const speed = Number(text);
  if (text !== "" && speed >= 0.1 && speed <= 100) return speed;
  throw new CodexdashError(
    "invalid",
    `Cannot use "${text}" for --speed: it must be a number from 0.1 to 100`,
  );
}
