/** Recorded calls of hooks and of the notify program, in tests/testdata/codex. */
import { recordingPath } from "./recordings.ts";

export interface RecordedHook {
  /** When it ran, milliseconds since the epoch. */
  ts: number;
  /** The command line of the process that ran it. */
  parent: string;
  env: { TMUX_PANE: string };
  payload: Record<string, unknown>;
}

export function recordedHooks(name: "hooks-daemon" | "hooks-nodaemon" | "notify"): RecordedHook[] {
  const lines = Deno.readTextFileSync(recordingPath(`${name}.jsonl`)).trimEnd().split("\n");
  return lines.map((line) => {
    const { t, ...hook } = JSON.parse(line);
    return { ...hook, ts: Math.round(Number(t) * 1000) };
  });
}
