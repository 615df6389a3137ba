/** `codexdash search <words>`: prompts, transcripts and commands that hold them. */
import { loadConfig, settingHelp, settingOptions } from "../server/config.ts";
import { JOB_STATUSES, SEARCH_KINDS, type SearchResult } from "../server/wire.ts";
import { JSON_OPTION, numberOption, parseCommand, wordOption } from "./args.ts";
import { momentOption, MOMENTS } from "./moments.ts";
import { openRows } from "./rows.ts";
import { openTerminal, plainLine, print, type Terminal } from "./terminal.ts";
import { dateAndClock } from "./times.ts";

const SETTINGS = ["dir", "db", "no_color"] as const;

export const help = `Usage: codexdash search [options] [--] <words>

Finds prompts, messages, reasoning, plans, commands and their output, changed files and errors; the
newest first. All words must be there, the last one may be the start of a longer one.

  "two words"        side by side; give the shell its own quotes around: '"two words"'
  a OR b             one of both
  -word              not there; after --, or quoted together with the others
  word*              the start of a word
  src/foo_bar.ts     paths and identifiers as they are

  --agent A          only what this agent did
  --status S         only of jobs that are ${JOB_STATUSES.join(", ")}
  --kind K           only ${SEARCH_KINDS.join(", ")}
  --since T          only from then on, as
                     ${MOMENTS}
  --until T          only before then
  --limit N          at most N results, up to 100 [default 20]
  --json             the rows of GET /api/search
${settingHelp(SETTINGS)}

Exit codes: 0 found, 1 nothing found or failed, 2 wrong usage.`;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand(args, {
    word: "search",
    more_words: "words to search for",
    options: {
      agent: { type: "string" },
      status: { type: "string" },
      kind: { type: "string" },
      since: { type: "string" },
      until: { type: "string" },
      limit: { type: "string" },
      ...JSON_OPTION,
      ...settingOptions(SETTINGS),
    },
  });
  const q = positionals.join(" ");
  const { agent, status, kind, since, until, limit } = values;
  const now = Date.now();
  const query = {
    q,
    agent,
    status: wordOption("search", { name: "status", text: status, words: JOB_STATUSES }),
    kind: wordOption("search", { name: "kind", text: kind, words: SEARCH_KINDS }),
    from_ts: momentOption("search", { name: "since", text: since, now }),
    to_ts: momentOption("search", { name: "until", text: until, now }),
    limit: Math.min(numberOption("search", { name: "limit", text: limit }) ?? 20, 100),
  };
  const config = loadConfig(values);
  using rows = await openRows(config);
  const results = await rows.search(query);
  if (values.json) print(JSON.stringify(results, null, 2));
  if (results.length === 0) {
    console.error(`codexdash: nothing found for ${plainLine(q)}`);
    return 1;
  }
  const terminal = openTerminal(config);
  if (!values.json) print(results.map((result) => format(result, terminal)).join("\n\n"));
  return 0;
}

function format(result: SearchResult, terminal: Terminal): string {
  const { ts, kind, agent, status, job_id, thread_id, snippet } = result;
  const place = job_id ? `job ${job_id}` : thread_id ? `thread ${thread_id}` : null;
  const head = [dateAndClock(ts), agent, kind.replace("_", " "), place, status]
    .filter((part) => part !== null).map(plainLine).join("  ");
  const text = snippet.map(({ text, match }) => terminal.paint(text, match ? "yellow" : undefined));
  return `${terminal.paint(head, "grey")}\n  ${text.join("")}`;
}
