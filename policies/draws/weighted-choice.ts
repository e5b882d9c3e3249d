import { StateError } from "../../state/errors.ts";

/**
 * The index that one draw chooses with probability weight / sum of weights; an index of weight 0 never. `drawn` is in [0, 1).
 * Throws a `StateError` where a weight is negative or no finite number, or where none is above 0.
 */
export function weightedChoice(weights: readonly number[], drawn: number): number {
  const odd = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (odd !== -1) throw new StateError(`Weight ${odd} is ${weights[odd]}; weights are finite numbers from 0 on.`);
  const last = weights.findLastIndex((weight) => weight > 0);
  if (last === -1) throw new StateError("There is nothing to choose from: no weight is above 0.");
  let left = drawn * weights.reduce((sum, weight) => sum + weight, 0);
  const chosen = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  // Sums of fractions may come out a little short of their total.
  return chosen === -1 ? last : chosen;
}
