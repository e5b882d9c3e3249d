/** The mean of some values, and how sure it is. */
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
