import { StateError } from "../../state/errors.ts";

/** What a member reaches on each objective, higher is better, in one order for all members: finite numbers, mostly in 0..1. */
export type Objectives = readonly number[];

/** Refuses vectors that cannot be compared: of different lengths, without an objective, or with what is no finite number. */
export function checkObjectives(vectors: readonly Objectives[]): void {
  const size = vectors[0]?.length;
  for (const [index, vector] of vectors.entries()) {
    if (vector.length !== size)
      throw new StateError(
        `Member ${index} has ${vector.length} objectives and member 0 has ${size}; all need the same.`,
      );
    const odd = vector.findIndex((value) => !Number.isFinite(value));
    if (odd !== -1)
      throw new StateError(`Objective ${odd} of member ${index} is ${vector[odd]}; objectives are finite numbers.`);
  }
  if (size === 0) throw new StateError("There are no objectives to compare by.");
}
