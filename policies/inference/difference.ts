import { normalQuantile } from "./normal.ts";

/**
 * Lower and upper bound of the mean of paired differences in -1..1, each of which holds with this confidence in (.5, 1), one-sided. z^2 / 2
 * pairs are added to those won and to those lost, and z^2 to those tied: as Agresti & Coull (1998) do for a single share, where z is the quantile; for pairs it
 * is ours [R]. So pairs that are all tied do not give an interval of no width. The bounds are widened to the mean itself where it lies beyond them, as that of
 * pairs that were all won does. -1 and 1 without a pair.
 */
export function boundsOfDifference(differences: readonly number[], confidence: number): [low: number, high: number] {
  if (differences.length === 0) return [-1, 1];
  const z = normalQuantile(confidence);
  const count = differences.length + 2 * z ** 2;
  const sum = differences.reduce((total, difference) => total + difference, 0);
  const [observed, mean] = [sum / differences.length, sum / count];
  const square = (differences.reduce((total, difference) => total + difference ** 2, 0) + z ** 2) / count;
  const half = z * Math.sqrt((square - mean ** 2) / count);
  return [Math.max(-1, Math.min(mean - half, observed)), Math.min(1, Math.max(mean + half, observed))];
}

/**
 * Lower and upper bound of the difference of the means of two independent samples of scores in 0..1, the first less the second, each of which holds with this confidence in
 * (.5, 1), one-sided. A score of 1 and one of 0 are added to each sample: Agresti & Caffo (2000), for shares [D]; scores between 0 and 1 vary less, so for them the bounds are wide.
 * -1 and 1 where a sample is empty.
 */
export function boundsOfMeans(
  first: readonly number[],
  second: readonly number[],
  confidence: number,
): [low: number, high: number] {
  if (first.length === 0 || second.length === 0) return [-1, 1];
  const meanOf = (scores: readonly number[]) =>
    (scores.reduce((total, score) => total + score, 0) + 1) / (scores.length + 2);
  const [one, other] = [meanOf(first), meanOf(second)];
  const variance = (one * (1 - one)) / (first.length + 2) + (other * (1 - other)) / (second.length + 2);
  const half = normalQuantile(confidence) * Math.sqrt(variance);
  return [Math.max(-1, one - other - half), Math.min(1, one - other + half)];
}

/**
 * The smallest mean difference that a one-sided test at `alpha` (.025 by default: a two-sided one at .05) finds with a power of 80 %:
 * (z(1 - alpha) + z(.8)) sqrt(spread / pairs), where `spread` is the mean squared difference, which for binary scores is the share of
 * discordant pairs [D]. At most 1; null without a pair.
 */
export function detectableDifference(of: { spread: number; pairs: number; alpha?: number }): number | null {
  const { spread, pairs, alpha = 0.025 } = of;
  const deviations = normalQuantile(1 - alpha) + normalQuantile(0.8);
  return pairs === 0 ? null : Math.min(1, deviations * Math.sqrt(spread / pairs));
}
