/** Fronts as `frontsOf` makes them, and what decides who may be left out. */
export interface Fronts {
  fronts: readonly (readonly number[])[];
  /** The mean score of every member; null, below all others, where it has none. */
  means: readonly (number | null)[];
}

/**
 * Takes redundant members out of all fronts: one that stands in each of its fronts beside another that is left. They are tried
 * in ascending order of their means; of equal means the later member first, so that the older stays [R]. (GEPA,
 * `remove_dominated_programs` of gepa 0.1.4 [C]: repeated until nothing changes. One pass is that fixpoint, since taking a
 * member out never makes another one redundant.) Every front that had a member keeps one.
 */
export function pruneRedundant({ fronts, means }: Fronts): number[][] {
  return withoutRedundant({ fronts, means }, new Set());
}

/**
 * How often each member is to be drawn as a parent: on how many fronts it is left after pruning (GEPA's Pareto selection [C]). One
 * weight for each of `means`. With `keepsBest` (ours [R]) the member with the best mean, of equal ones the first, is
 * never pruned and weighs at least 1: as published it gets no weight where others share all its fronts (gepa issue #432).
 * Without any front all weight is on the best, in either way.
 */
export function frontFrequencies(of: Fronts, { keepsBest }: { keepsBest: boolean }): number[] {
  const { means } = of;
  const best = means.length === 0 ? -1 : (ascendingByMean(means, [...means.keys()]).at(-1) as number);
  const left = withoutRedundant(of, new Set(keepsBest ? [best] : []));
  const weights = means.map((_, member) => left.filter((front) => front.includes(member)).length);
  const isEmpty = weights.every((weight) => weight === 0);
  return weights.map((weight, member) => (member === best && (keepsBest || isEmpty) ? Math.max(1, weight) : weight));
}

function withoutRedundant({ fronts, means }: Fronts, kept: ReadonlySet<number>): number[][] {
  const alive = new Set(fronts.flat());
  for (const member of ascendingByMean(means, [...alive])) {
    const own = fronts.filter((front) => front.includes(member));
    const isRedundant = own.every((front) => front.some((other) => other !== member && alive.has(other)));
    if (isRedundant && !kept.has(member)) alive.delete(member);
  }
  return fronts.map((front) => front.filter((member) => alive.has(member)));
}

function ascendingByMean(means: Fronts["means"], members: readonly number[]): number[] {
  const meanOf = (member: number) => means[member] ?? -Infinity;
  // Infinities cannot be subtracted.
  const order = (a: number, b: number) => (meanOf(a) === meanOf(b) ? b - a : meanOf(a) < meanOf(b) ? -1 : 1);
  return members.toSorted(order);
}
