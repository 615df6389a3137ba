/** Recordings of session files, written into a tower's CODEX_HOME as if Codex wrote them now. */
import { dirname, join } from "node:path";
import { rolloutLines } from "./rollouts.ts";
import type { TestTower } from "./tower.ts";

/** A recording that is written again now, some lines at a time. */
export class LiveRollout {
  readonly #path: string;
  readonly #lines: string[];

  constructor(tower: TestTower, name: string, change: (line: string) => string = (line) => line) {
    const day = join(tower.world.codex_home, "sessions", "2026", "11", "21");
    const lines = rolloutLines(name);
    const id = JSON.parse(lines[0]!).payload.id;
    this.#path = join(day, `rollout-2026-11-21T00-00-00-${id}.jsonl`);
    this.#lines = lines.map(change);
  }

  /** Writes lines up to the one with this ordinal. */
  writeTo(ordinal: number): void {
    Deno.mkdirSync(dirname(this.#path), { recursive: true });
    const count = this.#lines.findIndex((line) => JSON.parse(line).ordinal === ordinal) + 1;
    const now = new Date().toISOString();
    const text = this.#lines.splice(0, count).map((line) =>
      line.replace(/"timestamp":"[^"]*"/, `"timestamp":"${now}"`) + "\n"
    ).join("");
    Deno.writeTextFileSync(this.#path, text, { append: true });
  }
}

/** Changes a line's limits: how much of them is used, and when the first one is reset. */
export function withLimits(primary: { used: number; resets_ts: number }, secondary_used: number) {
  return (line: string) =>
    line.replaceAll(
      '"primary":{"used_percent":12.5,"window_minutes":300,"resets_at":1900000000}',
      `"primary":{"used_percent":${primary.used},"window_minutes":300,"resets_at":${
        Math.round(primary.resets_ts / 1_000)
      }}`,
    ).replaceAll(
      '"secondary":{"used_percent":41.0',
      `"secondary":{"used_percent":${secondary_used}`,
    );
}
