import type { Column, Evidence } from "../state/evidence.ts";

/** The mean of scores in 0..1, null where there are none. A missing result counts as 0: nothing is claimed for it. */
export function meanScore(values: Column["values"]): number | null {
  if (values.length === 0) return null;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
}

/** How many tasks of the evidence the candidate does better on than the other, and worse. */
export function repairsAndRegressions({ columns }: Evidence): { fixed: number; broken: number } {
  const pairs = columns.candidate.map((value, row) => (value ?? 0) - (columns.other[row] ?? 1));
  return { fixed: pairs.filter((delta) => delta > 0).length, broken: pairs.filter((delta) => delta < 0).length };
}
