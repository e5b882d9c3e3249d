import { slack } from "../scores.ts";

/** Products of the number of pairs and the steps of the grid; bounds the work to this times the number of pairs. */
const mostSteps = 20_000;

/**
 * One-sided exact p-value, in (0, 1], of the sum of paired differences in -1..1 being as large as it is, where the sign of each is a fair
 * coin: the sign-flip permutation test, computed over all signs. For differences of -1, 0 and 1 it is McNemar's exact test, the tail of
 * Binomial(b + c, 1/2). Differences off a grid of at most 1/12 of the largest are rounded to a finer one, symmetrically, so that the
 * test stays exact for what it is given. 1 without a difference.
 */
export function signFlipP(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs).filter((size) => size > slack);
  const largest = Math.max(0, ...sizes);
  if (largest === 0) return 1;
  const grid = gridOf(sizes, largest);
  const steps = differences.map(
    (difference) => Math.sign(difference) * Math.round((Math.abs(difference) / largest) * grid),
  );
  const total = steps.reduce((sum, step) => sum + Math.abs(step), 0);
  const seen = steps.reduce((sum, step) => sum + step, 0);
  // The sum of those that turn out positive determines the sum: 2 positive - total.
  const least = (seen + total) / 2;
  const chances = new Float64Array(total + 1);
  chances[0] = 1;
  let reach = 0;
  for (const size of steps.map(Math.abs).filter((step) => step > 0)) {
    // Downwards, so that what is moved up is not moved again.
    for (let sum = reach; sum >= 0; sum -= 1) {
      const half = (chances[sum] as number) / 2;
      chances[sum] = half;
      chances[sum + size] = (chances[sum + size] as number) + half;
    }
    reach += size;
  }
  const tail = chances.subarray(least).reduce((sum, chance) => sum + chance, 0);
  return Math.min(1, tail);
}

/** The coarsest grid, as a number of steps up to the largest difference, that holds all of them; a fine one where none does. */
function gridOf(sizes: readonly number[], largest: number): number {
  for (let grid = 1; grid <= 12; grid += 1) {
    const fits = sizes.every((size) => {
      const steps = (size / largest) * grid;
      return Math.abs(steps - Math.round(steps)) < 1e-6;
    });
    if (fits) return grid;
  }
  return Math.max(12, Math.min(200, Math.floor(mostSteps / sizes.length)));
}
