import { StateError } from "../../state/errors.ts";

/** Something that can be chosen: what it has earned so far, and how often it was chosen, at least once. */
export interface Arm {
  fitness: number;
  tries: number;
}

/** Less than this chance has no arm before all are divided by their sum [C]. */
const leastChance = 1e-10;

/**
 * The upper bound of an arm for trees: fitness + c * sqrt(ln total / tries), where `total` is the sum of all tries (Bottom-Up Agent, arXiv 2505.17673, BottomUpAgent/Brain.py [C]; fitness is
 * a sum there, not a mean). Throws a `StateError` for an arm that was not chosen yet.
 */
export function uctOf({ fitness, tries }: Arm, { total, c }: { total: number; c: number }): number {
  if (!(tries >= 1 && total >= tries)) throw new StateError(`An arm with ${tries} of ${total} tries has no bound.`);
  return fitness + c * Math.sqrt(Math.log(total) / tries);
}

/** How evenly is chosen after so many tries: max(0.1, exp(-0.1 total)) [C]. */
export function coolingAt(total: number): number {
  return Math.max(0.1, Math.exp(-0.1 * total));
}

/** The chances of the arms, which sum to 1: a softmax of their bounds at the temperature of `coolingAt` [C]. At least one arm. */
export function uctChances(arms: readonly Arm[], c: number): number[] {
  const total = arms.reduce((sum, { tries }) => sum + tries, 0);
  const bounds = arms.map((arm) => uctOf(arm, { total, c }));
  const highest = Math.max(...bounds);
  const weights = bounds.map((bound) => Math.max(leastChance, Math.exp((bound - highest) / coolingAt(total))));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}
