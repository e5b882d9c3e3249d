import { StateError } from "../../state/errors.ts";
import { checkObjectives, type Objectives } from "./vectors.ts";

/** How objectives become one number. */
export interface Scalarization {
  /** From 0 on, one for each objective; a Dirichlet sample in MOCHA. */
  weights: readonly number[];
  /** The best that can be reached on each objective; 1 for all, as in MOCHA, when left out. */
  ideal?: Objectives;
  /**
   * How much the sum counts beside the maximum, so that of members alike in the maximum the better one is taken: rho, 0.05 in
   * ParEGO; 0, as published, when left out.
   */
  augmentation?: number;
}

/**
 * The weighted Chebyshev distance of a vector from the ideal point: max_i w_i (z_i - f_i) + rho sum_i w_i (z_i - f_i). Lower is
 * better; 0 at the ideal point. (MOCHA, arXiv 2605.19330 [P-digest]; the augmentation is ours [R], after Knowles
 * 2006, "ParEGO".) Throws a `StateError` where weights, ideal and vector are not finite or not equally many.
 */
export function chebyshev(vector: Objectives, { weights, ideal, augmentation = 0 }: Scalarization): number {
  const best = ideal ?? vector.map(() => 1);
  checkObjectives([vector, weights, best]);
  const odd = weights.find((weight) => weight < 0);
  if (odd !== undefined) throw new StateError(`A Chebyshev weight is ${odd}; weights are from 0 on.`);
  const distances = vector.map((value, at) => (weights[at] as number) * ((best[at] as number) - value));
  return Math.max(...distances) + augmentation * distances.reduce((sum, distance) => sum + distance, 0);
}

/** The member nearest to the ideal point, of equal ones the first. Throws a `StateError` where there is none. */
export function nearestToIdeal(vectors: readonly Objectives[], scalarization: Scalarization): number {
  if (vectors.length === 0) throw new StateError("There is no member to choose from.");
  const distances = vectors.map((vector) => chebyshev(vector, scalarization));
  return distances.indexOf(Math.min(...distances));
}
