/** `codexdash usage`: exact tokens, summed, with a row of totals. */
import { loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import { CodexdashError } from "../server/error.ts";
import { isTimeZone } from "../server/store/time_zone.ts";
import { USAGE_GROUPS, type UsageGroup } from "../server/store/usage.ts";
import type { UsageReportRow } from "../server/wire.ts";
import { EXIT_CODES, JSON_OPTION, numberOption, parseCommand } from "./args.ts";
import { amount } from "./cost.ts";
import { openRows } from "./rows.ts";
import { parseSince } from "./since.ts";
import { type Column, formatTable } from "./table.ts";
import { openTerminal, print } from "./terminal.ts";

const SETTINGS = ["dir", "db", "prices", "no_color"] as const;

export const help = `Usage: codexdash usage [--by WHAT] [--since WHEN] [--tz ZONE] [--json]

Sums the exact tokens of Codex's own session files. Cached tokens are a part of input, reasoning
is one of output; compaction and sub-agents are parts of the total. Estimates stand in a column of
their own and are in no other; costs are those of the exact tokens, where there is a price list.

  --by WHAT          ${USAGE_GROUPS.join(", ")} [default agent]
  --since WHEN       today, 90m, 24h, 7d, 4w, or a day like 2026-11-20 [default all]
  --tz ZONE          time zone of days and hours, like Europe/Vienna [default this machine's]
  --limit N          at most N rows, up to 5000 [default 200]
  --json             the rows of GET /api/usage
${settingHelp(SETTINGS)}

${EXIT_CODES}`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseCommand(args, {
    word: "usage",
    options: {
      by: { type: "string" },
      since: { type: "string" },
      tz: { type: "string" },
      limit: { type: "string" },
      ...JSON_OPTION,
      ...settingOptions(SETTINGS),
    },
  });
  const config = loadConfig(values);
  const by = parseGroup(values.by ?? "agent");
  const zone = parseZone(values.tz ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const limit = numberOption("usage", { name: "limit", text: values.limit }) ?? 200;
  const from_ts = values.since === undefined ? 0 : parseSince(values.since, zone, Date.now());
  using rows = await openRows(config);
  const query = { from_ts, to_ts: Number.MAX_SAFE_INTEGER, zone };
  const found = await rows.usage({ ...query, by, limit: Math.min(limit, 5_000) });
  if (values.json) {
    print(JSON.stringify(found, null, 2));
    return 0;
  }
  if (found.length === 0) {
    print("No tokens were used");
    return 0;
  }
  const totals = by === "total" ? [] : await rows.usage({ ...query, by: "total", limit: 1 });
  const terminal = openTerminal(config);
  const all = [...found, ...totals];
  print(formatTable(all, { columns: [...columns(by, totals[0]), ...extras(all)], terminal }));
  const cost = all.find(({ cost }) => cost)?.cost;
  if (cost) print(`\nCosts by ${cost.source} of ${cost.date}`);
  return 0;
}

function parseGroup(text: string): UsageGroup {
  const group = USAGE_GROUPS.find((group) => group === text);
  if (group) return group;
  throw new CodexdashError(
    "invalid",
    `Cannot sum tokens by "${text}": use one of ${USAGE_GROUPS.join(", ")}`,
  );
}

function parseZone(text: string): string {
  if (isTimeZone(text)) return text;
  throw new CodexdashError(
    "invalid",
    `Cannot use the time zone "${text}": give an IANA name like Europe/Vienna`,
  );
}

/** What only some have: estimates and costs. */
function extras(rows: readonly UsageReportRow[]): Column<UsageReportRow>[] {
  const estimated: Column<UsageReportRow> = {
    title: "ESTIMATED",
    value: ({ estimated_jobs, total_tokens_est }) =>
      estimated_jobs > 0 ? `≈ ${total_tokens_est.toLocaleString("en-US")} est.` : null,
    is_number: true,
  };
  const cost: Column<UsageReportRow> = {
    title: "COST",
    value: ({ cost }) => cost && amount(cost),
    is_number: true,
  };
  return [
    ...rows.some((row) => row.estimated_jobs > 0) ? [estimated] : [],
    ...rows.some((row) => row.cost) ? [cost] : [],
  ];
}

function columns(
  by: UsageGroup,
  totals: UsageReportRow | undefined,
): Column<UsageReportRow>[] {
  const figure = (
    title: string,
    value: (row: UsageReportRow) => number,
  ): Column<UsageReportRow> => ({
    title,
    value: (row) => value(row).toLocaleString("en-US"),
    is_number: true,
    colour: (row) => row === totals ? "bold" : undefined,
  });
  return [
    {
      title: by.toUpperCase(),
      value: (row) => keyText(row),
      colour: (row) => row === totals ? "bold" : undefined,
      flexible: true,
    },
    figure("TOTAL", (row) => row.total_tokens),
    figure("INPUT", (row) => row.input_tokens),
    figure("CACHED", (row) => row.cached_input_tokens),
    figure("OUTPUT", (row) => row.output_tokens),
    figure("REASONING", (row) => row.reasoning_output_tokens),
    figure("COMPACTION", (row) => row.compaction_tokens),
    figure("SUB-AGENTS", (row) => row.sub_agent_tokens),
    figure("RESPONSES", (row) => row.responses),
  ];
}

/** The key; of a job also those whose tokens these are too. */
function keyText({ key, shared_with }: UsageReportRow): string {
  const name = key ?? "(not known)";
  return shared_with.length === 0 ? name : `${name} (and ${shared_with.join(", ")})`;
}
