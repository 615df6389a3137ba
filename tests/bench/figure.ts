/** What a figure is: something measured on real parts, several times, with its target. */

/** One number of a figure, as measured each time. */
export interface Row {
  name: string;
  unit: string;
  /** One value for each time that it was measured. */
  values: number[];
  /** Which way is good. */
  better: "less" | "more";
  /** What the project promises for a quiet 2-core machine; none is for information. */
  target?: number;
}

/** How hard to measure: `small` proves that it runs, its numbers say nothing. */
export interface Effort {
  small: boolean;
}

export interface Figure {
  name: string;
  measure(effort: Effort): Promise<Row[]>;
}

/** The value that `share` (0 to 1) of the values do not exceed; throws on no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new RangeError("Cannot take a quantile: there are no values");
  return value;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Measures `times` and collects each number under its name. */
export async function repeat(
  times: number,
  rows: Omit<Row, "values">[],
  once: () => Promise<number[]>,
): Promise<Row[]> {
  const values: number[][] = rows.map(() => []);
  for (let time = 0; time < times; time++) {
    for (const [index, value] of (await once()).entries()) values[index]?.push(value);
  }
  return rows.map((row, index) => ({ ...row, values: values[index] ?? [] }));
}
