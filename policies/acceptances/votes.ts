import type { Evidence } from "../../state/evidence.ts";

/** The differences, candidate minus other, of the pairs that vote among the first rows, by default all. */
export function differencesIn({ columns: { candidate, other } }: Evidence, rows = Infinity): number[] {
  return candidate.slice(0, rows).flatMap((value, row) => {
    const there = other[row] ?? null;
    return value === null || there === null ? [] : [value - there];
  });
}

/** On how many pairs the candidate does better, and worse. */
export function discordantIn(differences: readonly number[]): { won: number; lost: number } {
  return {
    won: differences.filter((difference) => difference > 0).length,
    lost: differences.filter((difference) => difference < 0).length,
  };
}
