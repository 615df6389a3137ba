/** `codexdash jobs`: a list of jobs. */
import { loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import { CodexdashError } from "../server/error.ts";
import { JOB_STATUSES, type JobRow, type JobStatus } from "../server/wire.ts";
import { EXIT_CODES, JSON_OPTION, numberOption, parseCommand } from "./args.ts";
import { openRows } from "./rows.ts";
import { type Column, formatTable } from "./table.ts";
import { type Colour, openTerminal, print } from "./terminal.ts";
import { age, duration } from "./times.ts";

const SETTINGS = ["dir", "db", "no_color"] as const;

export const help = `Usage: codexdash jobs [--status S] [--agent A] [--limit N] [--json]

Lists jobs, the last changed first.

  --status S         only jobs that are ${JOB_STATUSES.join(", ")}
  --agent A          only jobs of this agent
  --limit N          at most N jobs, up to 1000 [default 20]
  --json             the rows of GET /api/jobs
${settingHelp(SETTINGS)}

${EXIT_CODES}`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseCommand(args, {
    word: "jobs",
    options: {
      status: { type: "string" },
      agent: { type: "string" },
      limit: { type: "string" },
      ...JSON_OPTION,
      ...settingOptions(SETTINGS),
    },
  });
  const config = loadConfig(values);
  const limit = numberOption("jobs", { name: "limit", text: values.limit }) ?? 20;
  const status = parseStatus(values.status);
  using rows = await openRows(config);
  const jobs = await rows.jobs({ limit: Math.min(limit, 1_000), status, agent: values.agent });
  if (values.json) print(JSON.stringify(jobs, null, 2));
  else if (jobs.length === 0) print("No such jobs");
  else print(formatTable(jobs, { columns: columns(Date.now()), terminal: openTerminal(config) }));
  return 0;
}

function parseStatus(text: string | undefined): JobStatus | undefined {
  const status = JOB_STATUSES.find((status) => status === text);
  if (status !== undefined || text === undefined) return status;
  throw new CodexdashError(
    "invalid",
    `Cannot list jobs that are "${text}": use one of ${JOB_STATUSES.join(", ")}`,
  );
}

const COLOURS: Record<JobStatus, Colour> = {
  queued: "grey",
  running: "cyan",
  blocked: "yellow",
  done: "green",
  error: "red",
  cancelled: "grey",
};

function columns(now: number): Column<JobRow>[] {
  return [
    { title: "JOB", value: ({ job_id }) => job_id },
    { title: "AGENT", value: ({ agent }) => agent },
    {
      title: "STATUS",
      value: ({ status }) => status,
      colour: ({ status }) => COLOURS[status],
    },
    { title: "STARTED", value: ({ started_ts }) => age(started_ts, now) },
    {
      title: "TOOK",
      value: ({ duration_ms }) => duration_ms === null ? null : duration(duration_ms),
    },
    { title: "TOKENS", value: tokens },
    {
      title: "PROMPT",
      value: ({ prompt_text, prompt_bytes }) =>
        prompt_text ?? (prompt_bytes === null ? null : `${prompt_bytes} bytes`),
      flexible: true,
    },
  ];
}

/** Exact as it is, an estimate as `≈ 1234 est.` */
export function tokens({ total_tokens_exact, total_tokens_est }: JobRow): string | null {
  if (total_tokens_exact !== null) return String(total_tokens_exact);
  return total_tokens_est === null ? null : `≈ ${total_tokens_est} est.`;
}
