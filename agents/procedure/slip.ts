import { draw } from "../../state/draw.ts";

/**
 * How an agent loses sight of rules in a long skill: one that holds is overlooked with probability
 * min(0.6, base + slope * (words over freeWords) / 1000), one marked IMPORTANT with that times 1 - 0.5 / (1 + 0.4 (E - 1)),
 * where E counts the IMPORTANT sentences of the skills: emphasis on everything helps nobody. All in 0 and up. The form and
 * its constants are invented, after the gym's (design note 06, section 4), and fitted to no model.
 */
export interface Slip {
  readonly base: number;
  readonly freeWords: number;
  readonly slope: number;
}

export interface Occasion {
  readonly task: string;
  readonly sample: number;
  readonly skill: string;
  readonly rule: string;
}

const highest = 0.6;

export function slipProbability({ base, freeWords, slope }: Slip, words: number): number {
  return Math.min(highest, base + (slope * Math.max(0, words - freeWords)) / 1000);
}

/** What the probability of overlooking an IMPORTANT rule is multiplied with, where so many sentences are. */
export function emphasisFactor(emphasised: number): number {
  return 1 - 0.5 / (1 + 0.4 * (Math.max(1, emphasised) - 1));
}

/** Drawn from the occasion alone, so that parent and child skill are overlooked alike, wherever a rule stands. */
export function isOverlookedAt({ task, sample, skill, rule }: Occasion, probability: number): boolean {
  return draw(0, sample, `slip/${skill}/${rule}/${task}`, 0) < probability;
}
