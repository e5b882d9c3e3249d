import { createDraw, permutation } from "../state/draw.ts";
import type { Settings } from "../state/settings.ts";

/**
 * The validation tasks a run uses, as indices in the suite. The order is the same for every run seed, so that a smaller
 * set is the beginning of a larger one and runs with different seeds are gated on the same tasks.
 */
export function validationTasks(settings: Settings, size: number): number[] {
  return permutation(size, createDraw(0, 0, "validation-order")).slice(0, settings.validation ?? size);
}
