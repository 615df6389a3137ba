/** `codexdash doctor`: checks everything and says how to mend it, with or without a server. */
import { type Config, loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import { examine } from "../server/doctor.ts";
import { openStore, type Store } from "../server/store/db.ts";
import type { DoctorReport, Finding, Severity } from "../server/wire.ts";
import { JSON_OPTION, parseCommand } from "./args.ts";
import { findServer } from "./server_link.ts";
import { type Colour, openTerminal, plainLine, print, type Terminal } from "./terminal.ts";

const SETTINGS = [
  "dir",
  "events",
  "db",
  "host",
  "port",
  "session",
  "tmux_socket",
  "codex_home",
  "codex_homes",
  "rollout_horizon_days",
  "prices",
  "codexctl",
  "driver",
  "codex_bin",
  "no_color",
] as const;

export const help = `Usage: codexdash doctor [--json]

Checks tmux, the agents, Codex, the files, the disk, the server and the clock, and says what mends
each thing that is wrong.

  --json             the report of GET /api/doctor
${settingHelp(SETTINGS)}

Exit codes: 0 nothing is broken, 1 something is, 2 wrong usage.`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseCommand(args, {
    word: "doctor",
    options: { ...JSON_OPTION, ...settingOptions(SETTINGS) },
  });
  const config = loadConfig(values);
  const report = await makeReport(config);
  print(values.json ? JSON.stringify(report, null, 2) : format(report, openTerminal(config)));
  return report.findings.some(({ severity }) => severity === "error") ? 1 : 0;
}

async function makeReport(config: Config): Promise<DoctorReport> {
  const server = await findServer(config.dir);
  using store = openReadable(config.db);
  return await examine({
    config,
    store,
    sources: server?.health.sources,
    server_url: server?.url,
    now: Date.now(),
  });
}

/** Undefined where it cannot be opened: the check of the database says why. */
function openReadable(path: string): Store | undefined {
  try {
    return openStore(path, { readonly: true });
  } catch {
    return undefined;
  }
}

const MARKS: Record<Severity, { mark: string; colour: Colour }> = {
  ok: { mark: "ok", colour: "green" },
  info: { mark: "info", colour: "grey" },
  warning: { mark: "warning", colour: "yellow" },
  error: { mark: "error", colour: "red" },
};

function format({ findings }: DoctorReport, terminal: Terminal): string {
  const describe = ({ severity, title, detail, remedy }: Finding) => {
    const { mark, colour } = MARKS[severity];
    // Lines for a file are shown as they are to be written.
    const lines = remedy?.split("\n") ?? [];
    const mend = lines.length > 1
      ? ["mend it:", ...lines]
      : lines.map((line) => `mend it: ${line}`);
    const more = [...(detail === null ? [] : [detail]), ...mend];
    return [
      terminal.paint(mark.padEnd(9), colour) + plainLine(title),
      ...more.map((line) => " ".repeat(9) + terminal.paint(plainLine(line), "grey")),
    ].join("\n");
  };
  return findings.map(describe).join("\n");
}
