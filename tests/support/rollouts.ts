/** Session files of the real Codex as the events that they become. */
import { newRolloutMemory, readRolloutLine } from "../../server/codex/rollout_line.ts";
import type { RolloutEvent } from "../../server/wire.ts";

const FOLDER = new URL("../testdata/codex/", import.meta.url);

/** Names of all recorded session files, without `.jsonl`. */
export function rolloutNames(): string[] {
  return [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
    .filter((name) => /rollout.*\.jsonl$/.test(name)).map((name) => name.replace(".jsonl", ""))
    .sort();
}

export function rolloutLines(name: string): string[] {
  return Deno.readTextFileSync(new URL(`${name}.jsonl`, FOLDER)).trimEnd().split("\n");
}

export function readRollout(lines: readonly string[], rollout = "test"): RolloutEvent[] {
  const memory = newRolloutMemory();
  return lines.flatMap((line) => readRolloutLine(memory, line, { rollout }) ?? []);
}

/** The ids of the markers in a recording's prompts, in order. */
export function markersOf(events: readonly RolloutEvent[]): string[] {
  return events.flatMap((event) => event.type === "turn_item" ? event.markers : []);
}
