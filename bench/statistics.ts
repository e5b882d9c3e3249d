import { meanAndInterval, type Estimate } from "../policies/interval.ts";

/** One value a seed, by seed: the pairs of a comparison are the seeds that both sides have. */
export type BySeed = ReadonlyMap<number, number>;

export interface PairedDifference extends Estimate {
  pairs: number;
  /** The 95 % interval leaves out 0: never so with a single pair. */
  isSeparable: boolean;
}

/** The mean of left minus right over the seeds both have, with the interval of that mean. */
export function pairedDifference(left: BySeed, right: BySeed): PairedDifference {
  const differences = [...left].flatMap(([seed, value]) => {
    const other = right.get(seed);
    return other === undefined ? [] : [value - other];
  });
  const { mean, half } = meanAndInterval(differences);
  return { mean, half, pairs: differences.length, isSeparable: Math.abs(mean) > half };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The share that, with a confidence of 95 %, one-sided, a count of so many does not exceed: exact, after Clopper and Pearson (1934) [P]. */
export function upperBound(count: number, all: number): number {
  if (count >= all) return 1;
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step += 1) {
    const share = (low + high) / 2;
    if (chanceOfAtMost(count, { all, share }) > 0.05) low = share;
    else high = share;
  }
  return high;
}

/** That a binomial count is no larger. */
function chanceOfAtMost(count: number, { all, share }: { all: number; share: number }): number {
  let term = (1 - share) ** all;
  let sum = term;
  for (let at = 1; at <= count; at += 1) {
    term *= ((all - at + 1) / at) * (share / (1 - share));
    sum += term;
  }
  return sum;
}
