/** `codexdash export`: a job, an agent or a time as Markdown, JSON or plain text. */
import { renameSync } from "node:fs";
import { extname } from "node:path";
import { loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import { CodexdashError, errorText } from "../server/error.ts";
import { EXPORT_FORMATS, type ExportFormat } from "../server/export/export.ts";
import { parseCommand, wordOption } from "./args.ts";
import { openExport } from "./export_source.ts";
import { momentOption, MOMENTS } from "./moments.ts";
import { printBytes } from "./terminal.ts";

const SETTINGS = ["dir", "db"] as const;

export const help = `Usage: codexdash export <job id> | --agent A | --since T [--until T]
                        [--format F] [-o FILE]

Writes jobs with all that is known of them: prompt, status, tokens, the transcript with commands,
their output, file changes and sub-agents.

  <job id>           this job, by its id or its marker
  --agent A          what this agent did
  --since T          what started from then on, as
                     ${MOMENTS}
  --until T          what started before then
  --format F         ${EXPORT_FORMATS.join(", ")} [default FILE's ending, else md]
  -o, --output FILE  into this file instead of standard output
${settingHelp(SETTINGS)}

Exit codes: 0 done, 1 nothing to export or failed, 2 wrong usage.`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals: [job_id] } = parseCommand(args, {
    word: "export",
    optional_words: ["the id of a job"],
    options: {
      agent: { type: "string" },
      since: { type: "string" },
      until: { type: "string" },
      format: { type: "string" },
      output: { type: "string", short: "o" },
      ...settingOptions(SETTINGS),
    },
  });
  const { agent, since, until, output } = values;
  const now = Date.now();
  const scope = {
    job_id,
    agent,
    from_ts: momentOption("export", { name: "since", text: since, now }),
    to_ts: momentOption("export", { name: "until", text: until, now }),
  };
  const format = wordOption("export", {
    name: "format",
    text: values.format,
    words: EXPORT_FORMATS,
  }) ?? formatOf(output);
  const pieces = await openExport(loadConfig(values), { scope, format });
  if (output === undefined) {
    for await (const piece of pieces) if (!printBytes(piece)) break;
  } else {
    await writeFile(output, pieces);
  }
  return 0;
}

function formatOf(path: string | undefined): ExportFormat {
  const ending = extname(path ?? "").slice(1);
  return EXPORT_FORMATS.find((format) => format === ending) ?? "md";
}

/** For the user's own eyes, as all that CodexDash keeps; whole or not at all. */
async function writeFile(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const unfinished = `${path}.${Deno.pid}.tmp`;
  try {
    {
      using file = await Deno.open(unfinished, { write: true, createNew: true, mode: 0o600 });
      for await (const piece of pieces) {
        for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
      }
    }
    renameSync(unfinished, path);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    if (error instanceof CodexdashError) throw error;
    throw new CodexdashError("unavailable", `Cannot write "${path}": ${errorText(error)}`, {
      cause: error,
    });
  }
}
