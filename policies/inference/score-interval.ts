/** A mean of scores in 0..1 over some tasks, with the 95 % interval of what it would be over all tasks like them. */
export interface ScoredMean {
  mean: number;
  tasks: number;
  low: number;
  high: number;
}

/** 97.5 % quantile of the normal distribution. */
const z = 1.96;

/**
 * Wilson's score interval (1927). Right for tasks that are right or wrong; for scores between it is wider than need be, as
 * nothing in 0..1 varies more than right and wrong. Knows nothing of the choosing: the best of many looks better than it is.
 */
export function scoredMean(mean: number, tasks: number): ScoredMean {
  if (tasks === 0) return { mean, tasks, low: 0, high: 1 };
  const weight = 1 + (z * z) / tasks;
  const middle = (mean + (z * z) / (2 * tasks)) / weight;
  const half = (z / weight) * Math.sqrt((mean * (1 - mean)) / tasks + (z * z) / (4 * tasks * tasks));
  return { mean, tasks, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
