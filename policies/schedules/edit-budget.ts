import { StateError } from "../../state/errors.ts";

/** How the number of edits a candidate may hold goes down over the steps of a run. */
export type EditDecay = "constant" | "linear" | "cosine";

/** Which step of how many, counted from 1, and between which numbers of edits. */
export interface EditBudget {
  step: number;
  steps: number;
  most: number;
  least: number;
}

/** Edits at most where the optimizer chooses their number itself (SkillOpt, `autonomous` [C]). */
export const autonomousEdits = 999;

/**
 * SkillOpt's textual learning rate (arXiv 2605.23904, optimizer/scheduler.py [C]): the edits a candidate may hold at a step, a
 * whole number from `least` to `most`. With t = min(step, steps) / steps, so that the first step has t = 1 / steps already:
 * linear rounds most + (least - most) t, cosine rounds least + (most - least)(1 + cos pi t) / 2; halves are rounded to even, as the
 * source does. A single step has all. Throws a `StateError` for a step below 1 and for `least` above `most` or below 1.
 */
export function editBudget(decay: EditDecay, { step, steps, most, least }: EditBudget): number {
  if (!(step >= 1)) throw new StateError(`The step is ${step}; steps are counted from 1.`);
  if (!(least >= 1 && least <= most))
    throw new StateError(`Edits go from ${most} down to ${least}; they must go down, and not below 1.`);
  if (decay === "constant" || steps <= 1) return most;
  const t = Math.min(step, steps) / steps;
  const share = decay === "linear" ? 1 - t : (1 + Math.cos(Math.PI * t)) / 2;
  return Math.max(least, halfToEven(least + (most - least) * share));
}

/**
 * How many edits an optimizer that chooses the number itself wants to keep: a whole number from 0 on, given as such or in digits, and
 * at most `autonomousEdits`. Any other reply is 0, as in the source (SkillOpt, optimizer/lr_autonomous.py [C]).
 */
export function chosenEdits(reply: unknown): number {
  const number = typeof reply === "string" && /^\s*\d+\s*$/.test(reply) ? Number(reply) : reply;
  return Number.isInteger(number) && (number as number) >= 0 ? Math.min(autonomousEdits, number as number) : 0;
}

function halfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
