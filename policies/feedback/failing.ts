import type { Policy } from "../policy.ts";

/** Which rollouts are failures: those with a score (0..1) below `below`. */
export interface Failing extends Policy {
  readonly below: number;
}

/** Everything short of a full score. */
export const anyShortfall: Failing = { name: "failing.any", version: 1, below: 1 };

/** Scores below a threshold in 0..1, at most 1. */
export function failingBelow(below: number): Failing {
  return below === 1 ? anyShortfall : { name: `failing.below ${below}`, version: 1, below };
}

/**
 * Clear failures and successes: rollouts with a score from the threshold up to a full score are neither, so analysts do not see them. Ours [R]:
 * analysts take every score below 1 for a failure.
 */
export function clearOutcomes<One extends { score: { value: number } | null }>(
  { below }: Failing,
  rollouts: readonly One[],
): One[] {
  return rollouts.filter(({ score }) => score === null || score.value < below || score.value === 1);
}
