/** `codexdash status`: what every agent does. */
import { loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import type { AgentRow, AgentStatus } from "../server/wire.ts";
import { EXIT_CODES, JSON_OPTION, parseCommand } from "./args.ts";
import { openRows } from "./rows.ts";
import { type Column, formatTable } from "./table.ts";
import { type Colour, openTerminal, print } from "./terminal.ts";
import { age } from "./times.ts";

const SETTINGS = ["dir", "db", "no_color"] as const;

export const help = `Usage: codexdash status [--json]

Shows what every agent does, who says so, and since when.

  --json             the rows of GET /api/agents
${settingHelp(SETTINGS)}

${EXIT_CODES}`;

export async function run(args: string[]): Promise<number> {
  const options = { ...JSON_OPTION, ...settingOptions(SETTINGS) };
  const { values } = parseCommand(args, { word: "status", options });
  const config = loadConfig(values);
  using rows = await openRows(config);
  const agents = await rows.agents();
  if (values.json) print(JSON.stringify(agents, null, 2));
  else if (agents.length === 0) print("No agents yet: start them with codexdash up");
  else print(formatTable(agents, { columns: columns(Date.now()), terminal: openTerminal(config) }));
  return 0;
}

const COLOURS: Record<AgentStatus, Colour> = {
  idle: "green",
  working: "cyan",
  approval: "yellow",
  input: "yellow",
  auth: "yellow",
  error: "red",
  missing: "red",
  unknown: "grey",
};

function columns(now: number): Column<AgentRow>[] {
  return [
    { title: "AGENT", value: ({ agent }) => agent },
    {
      title: "STATUS",
      value: ({ status }) => status,
      colour: ({ status }) => COLOURS[status],
    },
    { title: "SINCE", value: ({ status_ts }) => status_ts === null ? null : age(status_ts, now) },
    { title: "SAID BY", value: ({ status_source }) => status_source },
    { title: "PANE", value: ({ pane_id }) => pane_id },
    { title: "MODEL", value: ({ model }) => model },
    { title: "JOB", value: ({ job_id }) => job_id },
    {
      title: "DETAIL",
      value: ({ status_detail, status_code, status_conflict }) =>
        [
          status_detail,
          status_code && `(${status_code})`,
          status_conflict && `but ${status_conflict}`,
        ]
          .filter(Boolean).join(" "),
      flexible: true,
    },
  ];
}
