import type { Values } from "../state/archive.ts";
import type { Evidence, EvidenceCounts, Verdict } from "../state/evidence.ts";

/** Sums, means and shares of scores are compared with this much slack, so that ten tenths make one. */
export const slack = 1e-9;

/** The mean of the scores in 0..1 that are there; null where there are none. What is missing says nothing. */
export function meanScore(values: Values): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Evidence in counts: on how many tasks the candidate does better and worse than the other, and how many do not vote. */
export function countEvidence({ columns }: Evidence): EvidenceCounts {
  const { candidate, other } = columns;
  const counts = { asked: candidate.length, planned: other.length, fixed: 0, broken: 0, missing: 0 };
  for (const [row, there] of other.entries()) {
    const value = candidate[row];
    if (there === null || value === null) counts.missing += 1;
    else if (value !== undefined && value > there) counts.fixed += 1;
    else if (value !== undefined && value < there) counts.broken += 1;
  }
  return counts;
}

/** Whether nothing was decided and results are missing: those are asked again where they are needed again. */
export function lacksResults(verdict: Verdict, counts: EvidenceCounts | null): boolean {
  return !verdict.decided && counts !== null && counts.missing > 0;
}
