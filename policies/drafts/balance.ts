import { StateError } from "../../state/errors.ts";

/** Of the drafts that were selected, how many are good, each counted once. */
export interface Selected {
  selected: number;
  good: number;
}

/**
 * The balance of exploring and exploiting of one generation, in 0..1: min(good / wanted, 1) * good / selected, and 0 where nothing was selected (B-STaR, arXiv 2412.17256 and its
 * code [C], where a query wants 8 good answers of 64). Throws a `StateError` for counts that cannot be.
 */
export function balanceOf({ selected, good }: Selected, wanted: number): number {
  if (!(good >= 0 && good <= selected && wanted > 0))
    throw new StateError(`Of ${selected} drafts ${good} cannot be good, with ${wanted} wanted.`);
  return selected === 0 ? 0 : (Math.min(good / wanted, 1) * good) / selected;
}

/** The mean of the balances where something was selected [C]; null where nothing ever was. */
export function meanBalance(generations: readonly Selected[], wanted: number): number | null {
  const known = generations.filter(({ selected }) => selected > 0);
  const sum = known.reduce((total, one) => total + balanceOf(one, wanted), 0);
  return known.length === 0 ? null : sum / known.length;
}
