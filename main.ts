/**
 * The table of commands: word → lazy import, so that each starts as fast as its own code allows. A
 * word that is not here is codexctl's.
 */
interface Command {
  run(args: string[]): Promise<number>;
  help: string;
}

const COMMANDS: Record<string, { about: string; load: () => Promise<Command> }> = {
  serve: { about: "run the server and its web page", load: () => import("./cli/serve.ts") },
  demo: {
    about: "try everything with agents that need no Codex",
    load: () => import("./cli/demo.ts"),
  },
  send: { about: "send a prompt to one or more agents", load: () => import("./cli/send.ts") },
  route: {
    about: "send a prompt to the agent that suits it",
    load: () => import("./cli/route.ts"),
  },
  ship: {
    about: "send a feature's four prompts to four agents",
    load: () => import("./cli/ship.ts"),
  },
  up: { about: "start agents in tmux", load: () => import("./cli/up.ts") },
  down: { about: "stop them", load: () => import("./cli/down.ts") },
  attach: { about: "open their tmux session here", load: () => import("./cli/attach.ts") },
  ids: { about: "list agents and their panes", load: () => import("./cli/ids.ts") },
  status: { about: "show what every agent does", load: () => import("./cli/status.ts") },
  jobs: { about: "list jobs", load: () => import("./cli/jobs.ts") },
  usage: { about: "sum exact tokens", load: () => import("./cli/usage.ts") },
  job: { about: "show one job", load: () => import("./cli/job.ts") },
  search: { about: "find prompts, messages and commands", load: () => import("./cli/search.ts") },
  export: { about: "write jobs as Markdown, JSON or text", load: () => import("./cli/export.ts") },
  tail: { about: "follow events as they happen", load: () => import("./cli/tail.ts") },
  doctor: {
    about: "check everything and say how to mend it",
    load: () => import("./cli/doctor.ts"),
  },
  hook: { about: "for Codex to call: takes its hooks", load: () => import("./cli/hook.ts") },
  rebuild: {
    about: "make agents and jobs again from the log",
    load: () => import("./cli/rebuild.ts"),
  },
  version: { about: "print the version", load: () => import("./cli/version.ts") },
};

/** Commands that only we ourselves start. */
const HIDDEN: Record<string, () => Promise<Command>> = {
  "demo-agent": () => import("./cli/demo_agent.ts"),
};

async function main(args: string[]): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined || word === "help" || word === "--help" || word === "-h") {
    return help(rest[0]);
  }
  if (word === "--version" || word === "-V") return main(["version"]);
  const load = COMMANDS[word]?.load ?? HIDDEN[word];
  const command = load ? await load() : await import("./cli/codexctl.ts");
  if (load && wantsHelp(rest)) return print(command.help);
  return await command.run(load ? rest : args);
}

/** `--help` before `--`: after it, it is part of a prompt. */
function wantsHelp(args: string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}

async function help(word: string | undefined): Promise<number> {
  const command = word === undefined ? undefined : COMMANDS[word];
  if (command) return print((await command.load()).help);
  const rows = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(10)}${about}`);
  return print([
    "codexdash: the control tower for Codex agents in tmux",
    "",
    "Usage: codexdash <command> [options]      codexdash <command> --help",
    "",
    ...rows,
    "",
    "Start with: codexdash serve, or codexdash demo when there is no Codex here yet.",
    "Any other word goes to codexctl, where there is one.",
  ].join("\n"));
}

function print(text: string): number {
  console.log(text.trimEnd());
  return 0;
}

async function report(error: unknown): Promise<number> {
  const { reportFailure } = await import("./cli/failure.ts");
  return reportFailure(error);
}

if (import.meta.main) Deno.exit(await main(Deno.args).catch(report));
