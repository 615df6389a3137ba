/** `codexdash job <id>`: one job, its prompt and what was said. */
import { loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import { CodexdashError } from "../server/error.ts";
import type { Cost, EventRow, JobRow } from "../server/wire.ts";
import { EXIT_CODES, JSON_OPTION, parseCommand } from "./args.ts";
import { tokens } from "./jobs.ts";
import { amount } from "./cost.ts";
import { openRows } from "./rows.ts";
import { openTerminal, plainLine, plainText, print, type Terminal } from "./terminal.ts";
import { dateAndClock, duration } from "./times.ts";

const SETTINGS = ["dir", "db", "prices", "no_color"] as const;

export const help = `Usage: codexdash job <id> [--json]

Shows one job, its prompt and what was said.

  <id>               the job's id, or the one in its [JOB:<id>]
  --json             GET /api/jobs/<id>: the job, its events and its cost
${settingHelp(SETTINGS)}

${EXIT_CODES}`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals: [id = ""] } = parseCommand(args, {
    word: "job",
    words: ["the id of a job"],
    options: { ...JSON_OPTION, ...settingOptions(SETTINGS) },
  });
  const config = loadConfig(values);
  using rows = await openRows(config);
  const { job, events, cost } = await rows.job(id);
  if (!job) {
    throw new CodexdashError("not_found", `Cannot find job "${id}": codexdash jobs lists them`);
  }
  print(
    values.json ? JSON.stringify({ job, events, cost }, null, 2) : format(job, {
      events,
      cost,
      terminal: openTerminal(config),
    }),
  );
  return 0;
}

function format(job: JobRow, { events, cost, terminal }: {
  events: EventRow[];
  cost: Cost | null;
  terminal: Terminal;
}): string {
  const said = events.filter(({ type, text }) => type.endsWith("_output") && text !== null);
  return [
    ...facts(job, cost).map(([name, value]) =>
      `${terminal.paint(name.padEnd(10), "grey")}${plainLine(value)}`
    ),
    "",
    terminal.paint("Prompt", "bold"),
    plainText(job.prompt_text ?? `${job.prompt_bytes ?? "unknown"} bytes, not recorded`),
    "",
    terminal.paint("Transcript", "bold"),
    ...(said.length ? said.map(({ text }) => plainText(text ?? "")) : ["Nothing yet"]),
  ].join("\n");
}

/** What is known, by name. */
function facts(job: JobRow, cost: Cost | null): [string, string][] {
  const status = [job.status, job.status_source && `says ${job.status_source}`, job.status_detail];
  const known: [string, string | null][] = [
    ["Job", job.job_id],
    ["Marker", job.marker],
    ["Dispatch", job.dispatch_id === job.job_id ? null : job.dispatch_id],
    ["Agent", job.agent],
    ["Pane", job.pane_id],
    ["Status", status.filter(Boolean).join(", ")],
    ["Delivery", job.receipt.replace("_", " ")],
    ["Started", dateAndClock(job.started_ts)],
    ["Took", job.duration_ms === null ? null : duration(job.duration_ms)],
    ["Model", job.model],
    ["Tokens", tokens(job)],
    ["Cost", cost && `${amount(cost)}, by ${cost.source} of ${cost.date}`],
    ["Output", job.output_path],
    ["Exit code", job.exit_code === null ? null : String(job.exit_code)],
  ];
  return known.filter((fact): fact is [string, string] => !!fact[1]);
}
