import { paretoFront } from "./dominance.ts";
import { checkObjectives, type Objectives } from "./vectors.ts";

/**
 * The volume between the origin and a set of members: of all points that some member is at least as good as on every objective.
 * For objectives in 0..1 it is in 0..1. A member with an objective of 0 or less adds nothing. Exact but for the
 * rounding of sums: a sweep for two objectives, slabs of sweeps for three, and for more the exclusive volumes of the members, each
 * of one dimension less (WFG: While, Bradstreet and Barone 2012, "A fast way of calculating exact hypervolumes").
 * Throws a `StateError` where vectors cannot be compared.
 */
export function hypervolume(vectors: readonly Objectives[]): number {
  checkObjectives(vectors);
  return volume(vectors.filter((vector) => vector.every((value) => value > 0)));
}

/**
 * What a vector adds to the hypervolume of others, its exclusive volume (MOCHA's HVC, arXiv 2605.19330 [P-digest]; the origin
 * as reference point is ours [R]): exactly 0 where another is at least as good on every objective, or where an
 * objective is 0 or less.
 */
export function hypervolumeContribution(vector: Objectives, others: readonly Objectives[]): number {
  checkObjectives([vector, ...others]);
  if (vector.some((value) => value <= 0)) return 0;
  const positive = others.filter((other) => other.every((value) => value > 0));
  if (positive.some((other) => vector.every((value, objective) => (other[objective] as number) >= value))) return 0;
  return exclusive(vector, positive);
}

/** The volume of what a vector alone covers: its box without the volume of the others, cut down to that box. */
function exclusive(vector: Objectives, others: readonly Objectives[]): number {
  const box = vector.reduce((product, value) => product * value, 1);
  const within = others.map((other) => vector.map((value, objective) => Math.min(value, other[objective] as number)));
  return Math.max(0, box - volume(within));
}

/** Of vectors whose values are all above 0. */
function volume(vectors: readonly Objectives[]): number {
  const size = vectors[0]?.length ?? 0;
  if (size === 0) return 0;
  if (size === 1) return Math.max(...vectors.map(([value]) => value as number));
  const front = paretoFront(vectors).map((member) => vectors[member] as Objectives);
  if (size === 2) return area(front);
  const byLast = front.toSorted((a, b) => (b.at(-1) as number) - (a.at(-1) as number));
  if (size === 3) return slabs(byLast);
  const flat = byLast.map((vector) => vector.slice(0, -1));
  // All before a vector reach at least as far in the last dimension, so that what is its own is a prism.
  return byLast.reduce(
    (sum, vector, at) => sum + (vector.at(-1) as number) * exclusive(flat[at] as Objectives, flat.slice(0, at)),
    0,
  );
}

/** The area under the staircase of points. */
function area(points: readonly Objectives[]): number {
  let [sum, height] = [0, 0];
  for (const [x, y] of points.toSorted((a, b) => (b[0] as number) - (a[0] as number)) as Array<[number, number]>) {
    sum += x * Math.max(0, y - height);
    height = Math.max(height, y);
  }
  return sum;
}

/** Points in descending order of their third value: from one value to the next all have the same area. */
function slabs(points: readonly Objectives[]): number {
  return points.reduce((sum, point, at) => {
    const height = (point[2] as number) - (points[at + 1]?.[2] ?? 0);
    return height === 0 ? sum : sum + height * area(points.slice(0, at + 1));
  }, 0);
}
