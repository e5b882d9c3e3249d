import { checkObjectives, type Objectives } from "./vectors.ts";

/** Whether one vector is at least as good on every objective and better on one (Pareto dominance). */
export function dominates(one: Objectives, other: Objectives): boolean {
  checkObjectives([one, other]);
  return isAsGood(one, other) && one.some((value, objective) => value > (other[objective] as number));
}

/**
 * The members that no other dominates, as ascending indices: the Pareto front. Of members with equal vectors the first alone is
 * on it. Throws a `StateError` where vectors cannot be compared.
 */
export function paretoFront(vectors: readonly Objectives[]): number[] {
  checkObjectives(vectors);
  return [...vectors.keys()].filter((member) => {
    const own = vectors[member] as Objectives;
    // At least as good the other way round too means equal: then the earlier one is in the way.
    return !vectors.some(
      (other, index) => index !== member && isAsGood(other, own) && (index < member || !isAsGood(own, other)),
    );
  });
}

function isAsGood(one: Objectives, other: Objectives): boolean {
  return one.every((value, objective) => value >= (other[objective] as number));
}
