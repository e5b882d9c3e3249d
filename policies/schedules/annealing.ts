import { StateError } from "../../state/errors.ts";
import { rounded } from "../../state/rounding.ts";

/** The rate at which exploring and exploiting are even when half of the budget is spent (MOCHA switches about there; ours [R]). */
export const evenAtHalf = 2 * Math.LN2;

/**
 * The probability of exploring, exp(-rate spent / budget): 1 at the start, falling exponentially, rounded to 12 digits. (MOCHA, arXiv
 * 2605.19330 [P-digest] says "decays exponentially, crossing about mid-budget"; the rate is unknown. `evenAtHalf` is ours [R], a
 * clean-room adapter has 4 [S].) Throws a `StateError` without a budget, or `spent` or `rate` is below 0.
 */
export function explorationProbability({
  spent,
  budget,
  rate,
}: {
  spent: number;
  budget: number;
  rate: number;
}): number {
  if (!(budget > 0 && budget < Infinity))
    throw new StateError(`The budget to anneal over is ${budget}; annealing needs a finite one above 0.`);
  if (!(spent >= 0 && rate >= 0)) throw new StateError(`Spent is ${spent} and the rate ${rate}; both are from 0 on.`);
  return rounded(Math.exp((-rate * spent) / budget), 12);
}
