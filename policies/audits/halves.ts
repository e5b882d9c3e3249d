/** Looks at parts of a stretch that failed (ours [R]). */
export const mostHalves = 2;

interface Stretch {
  /** Heads since the checked program that are known to be no worse than it, from the oldest. */
  good: number;
  /** The first of those that are known to be no better. */
  bad: number;
  looks: number;
}

/**
 * Which of the heads since the checked program is looked at next, as a place among them from 0, where a stretch failed: the one in the middle, while it
 * was worth more rollouts than the look takes. Null for none.
 */
export function halfOf(
  { good, bad, looks }: Stretch,
  { price, worth }: { price: number; worth: number },
): number | null {
  const between = bad - good;
  if (between < 1 || looks >= mostHalves) return null;
  const middle = good + Math.floor((between - 1) / 2);
  return price <= (middle - good + 1) * worth ? middle : null;
}
