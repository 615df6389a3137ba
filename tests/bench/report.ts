/** Prints figures as a table, and two runs of them as ratios. */
import { median, type Row } from "./figure.ts";

/** A run as its JSON file holds it. */
export interface Run {
  ts: number;
  machine: string;
  /** The numbers of a small run say nothing. */
  small: boolean;
  rows: Row[];
}

/** The machine in one line: without it a number means nothing. */
export async function describeMachine(): Promise<string> {
  const cpu = /^model name\s*: (.+)$/m.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1];
  const memory_gib = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  return [
    `${navigator.hardwareConcurrency} cores of ${cpu ?? Deno.build.arch}`,
    `${memory_gib} GiB`,
    `Linux ${Deno.osRelease()}`,
    `Deno ${Deno.version.deno}`,
  ].join(", ");
}

/** One line a row: name, median, smallest to largest, and whether it meets its target. */
export function renderTable(run: Run): string {
  const lines = run.rows.map(({ name, unit, values, better, target }) => [
    name,
    `${round(median(values))} ${unit}`,
    `${round(Math.min(...values))} to ${round(Math.max(...values))}`,
    target === undefined ? "" : `${better === "less" ? "≤" : "≥"} ${target}`,
    target === undefined ? "" : meets(median(values), better, target) ? "met" : "missed",
  ]);
  return align([["figure", "median", "spread", "target", ""], ...lines]);
}

/** Medians of two runs and how many times as much the newer one is. */
export function renderRatios(newer: Run, older: Run): string {
  const lines = newer.rows.flatMap(({ name, unit, values, better }) => {
    const before = older.rows.find((row) => row.name === name);
    if (!before) return [];
    const [now, then] = [median(values), median(before.values)];
    const ratio = then === 0 ? (now === 0 ? 1 : Infinity) : now / then;
    const word = ratio === 1 ? "same" : (ratio < 1) === (better === "less") ? "better" : "worse";
    return [[
      name,
      `${round(then)} ${unit}`,
      `${round(now)} ${unit}`,
      `× ${ratio.toFixed(2)}`,
      word,
    ]];
  });
  return align([["figure", "before", "now", "ratio", ""], ...lines]);
}

function meets(value: number, better: Row["better"], target: number): boolean {
  return better === "less" ? value <= target : value >= target;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function align(lines: string[][]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  return lines.map((line) =>
    line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
    )
      .join("  ").trimEnd()
  ).join("\n");
}
