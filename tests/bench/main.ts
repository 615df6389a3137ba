/**
 * `deno task bench`: measures on real parts and prints a table. `--json file` keeps the run,
 * `--against file` shows it as ratios of a run kept before, `--only name` measures one figure,
 * `--small` only proves that every figure can be measured.
 */
import { parseArgs } from "node:util";
import { appendToSocket } from "./append_to_socket.ts";
import { estimate } from "./estimate.ts";
import type { Figure } from "./figure.ts";
import { ingest } from "./ingest.ts";
import { pageScript } from "./page_script.ts";
import { paneToSocket } from "./pane_to_socket.ts";
import { quiet } from "./quiet.ts";
import { describeMachine, renderRatios, renderTable, type Run } from "./report.ts";
import { rollouts } from "./rollouts.ts";
import { search } from "./search.ts";
import { send } from "./send.ts";
import { spinner } from "./spinner.ts";
import { start } from "./start.ts";
import { usage } from "./usage.ts";

const FIGURES: readonly Figure[] = [
  start,
  ingest,
  rollouts,
  search,
  appendToSocket,
  paneToSocket,
  quiet,
  spinner,
  send,
  estimate,
  pageScript,
  usage,
];

async function main(args: string[]): Promise<number> {
  const { values: { json, against, only, small = false } } = parseArgs({
    args,
    options: {
      json: { type: "string" },
      against: { type: "string" },
      only: { type: "string" },
      small: { type: "boolean" },
    },
  });
  const figures = FIGURES.filter(({ name }) => only === undefined || name === only);
  if (figures.length === 0) {
    console.error(`Cannot find "${only}": use ${FIGURES.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  const run: Run = { ts: Date.now(), machine: await describeMachine(), small, rows: [] };
  for (const figure of figures) {
    console.error(`measuring ${figure.name}`);
    run.rows.push(...await figure.measure({ small }));
  }
  console.log(`${run.machine}${small ? " (a small run: its numbers say nothing)" : ""}\n`);
  console.log(renderTable(run));
  if (json !== undefined) await Deno.writeTextFile(json, `${JSON.stringify(run, null, 2)}\n`);
  if (against !== undefined) {
    const older: Run = JSON.parse(await Deno.readTextFile(against));
    console.log(`\nagainst ${new Date(older.ts).toISOString()}, ${older.machine}\n`);
    console.log(renderRatios(run, older));
  }
  return 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
