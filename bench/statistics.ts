export interface Estimate {
  mean: number;
  /** Half of the 95 % interval of the mean (Student's t, two-sided); NaN below two values, whose spread is not known. */
  half: number;
}

export function meanAndInterval(values: readonly number[]): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, half: Number.NaN };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, half: tQuantile(count - 1) * Math.sqrt(variance / count) };
}

/** 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom (standard table); 1.96 beyond. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

function tQuantile(degrees: number): number {
  return quantiles[degrees - 1] ?? 1.96;
}

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
