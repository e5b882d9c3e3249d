import { StateError } from "../../state/errors.ts";
import { rounded } from "../../state/rounding.ts";

/** What practising a category does for another one that it helps, beside 1 for itself [C]. */
const helped = 0.5;

/** Shares are rounded to so many digits, so that engines whose exponentials differ in the last bit agree. */
const digits = 12;

/** Which other categories get better where one is practised: the edges of the source's graph of skills. */
export type Helps = Readonly<Record<string, readonly string[]>>;

/**
 * The share of each category in the next batch: p_i is proportional to exp(rate sum_t sum_j A_ij L_j(t)), where L_j are the given losses in 0..1 of the last
 * generations, A_ii is 1 and A_ij 0.5 where i helps j, else 0 (Skill-It, arXiv 2307.14430 [P], HazyResearch/skill-it [C]). Categories that are helped and have no losses
 * count nothing. Throws a `StateError` for a loss out of range.
 */
export function categoryMixture(
  losses: Readonly<Record<string, readonly number[]>>,
  { rate, helps = {} }: { rate: number; helps?: Helps },
): Record<string, number> {
  const names = Object.keys(losses);
  const sums = new Map(names.map((name) => [name, sumOf(name, losses[name] as readonly number[])]));
  const exponents = names.map((name) => {
    const others = Object.hasOwn(helps, name) ? (helps[name] as readonly string[]) : [];
    const gained = [...new Set(others)].filter((other) => other !== name).map((other) => sums.get(other) ?? 0);
    return rate * gained.reduce((sum, loss) => sum + helped * loss, sums.get(name) as number);
  });
  const largest = Math.max(...exponents);
  const weights = exponents.map((exponent) => Math.exp(exponent - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(names.map((name, at) => [name, rounded((weights[at] as number) / total, digits)]));
}

function sumOf(name: string, losses: readonly number[]): number {
  const odd = losses.find((loss) => !(loss >= 0 && loss <= 1));
  if (odd !== undefined) throw new StateError(`Category "${name}" cannot have a loss of ${odd}; it is from 0 to 1.`);
  return losses.reduce((sum, loss) => sum + loss, 0);
}
