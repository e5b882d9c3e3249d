import { slack } from "../scores.ts";

/** Places of the grid for a difference of 1. */
const steps = 10;

/**
 * The upper end of a one-sided bootstrap interval of the mean of differences in -1..1, at a confidence in (.5, 1) (percentile method, Efron 1979). Not by
 * draws: the distribution of the mean over all resamples is computed, on a grid of tenths, where a difference between two places counts in
 * part at each, so that means stay as they are. 1 without a difference. Differences that are all alike have an interval of no width.
 */
export function bootstrapUpper(differences: readonly number[], confidence: number): number {
  const count = differences.length;
  if (count === 0) return 1;
  const shares = [...sharesOf(differences)];
  let sums = new Float64Array([1]);
  for (let drawn = 0; drawn < count; drawn += 1) {
    const next = new Float64Array(sums.length + 2 * steps);
    // A plain loop: this one is what the time goes into.
    for (const [place, share] of shares)
      for (let sum = 0; sum < sums.length; sum += 1)
        next[sum + place] = (next[sum + place] as number) + share * (sums[sum] as number);
    sums = next;
  }
  let below = 0;
  const at = sums.findIndex((chance) => (below += chance) >= confidence - slack);
  return (at === -1 ? 2 * steps * count : at) / (steps * count) - 1;
}

/** The share of a draw that falls on each place of the grid, from -1 on. */
function sharesOf(differences: readonly number[]): Map<number, number> {
  const shares = new Map<number, number>();
  const add = (place: number, share: number) => {
    if (share > 0) shares.set(place, (shares.get(place) ?? 0) + share / differences.length);
  };
  for (const difference of differences) {
    const exact = (difference + 1) * steps;
    const place = Math.floor(exact);
    add(place, 1 - (exact - place));
    add(place + 1, exact - place);
  }
  return shares;
}
