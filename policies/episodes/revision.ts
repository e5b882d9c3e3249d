import type { Revision } from "../../state/evidence.ts";
import { rounded } from "../../state/rounding.ts";
import { advantagesOf, type Rewards } from "../advantages/advantages.ts";
import { meanScore } from "../scores.ts";

/** The rewards of one task, sample by sample: of the parent, and of the candidate that was made from it. */
export interface RevisedTask {
  before: Rewards;
  after: Rewards;
}

/**
 * What a revision was worth: each task is an instance, its parent's rollouts the generation before and the candidate's the next one
 * (Skill-R1, arXiv 2605.09359, A.3 [P]); advantages are means over the tasks that have both. That the predecessor of a revision is the program
 * that it revises is ours [R]: after a revision was reverted, that is not the last one.
 */
export function revisionOf(tasks: readonly RevisedTask[], { lambda }: { lambda: number }): Revision {
  const pairs = tasks.map(({ before, after }) => advantagesOf([before, after], { lambda }));
  const meanAt = (place: number) => meanScore(pairs.map((pair) => pair[place]?.mean ?? null));
  const compared = pairs.flatMap(([was, is]) =>
    is === undefined || typeof was?.mean !== "number" || is.mean === null ? [] : [is],
  );
  const meanOf = (valueOf: (one: (typeof compared)[number]) => number) =>
    rounded(meanScore(compared.map(valueOf)) ?? 0, 12);
  const part = (keep: (advantage: number) => number) =>
    meanOf(({ total }) => meanScore(total.map((advantage) => (advantage === null ? null : keep(advantage)))) ?? 0);
  const mean = (place: number) => {
    const value = meanAt(place);
    return value === null ? null : rounded(value, 12);
  };
  return {
    before: mean(0),
    after: mean(1),
    inter: meanOf(({ inter }) => inter),
    better: part((advantage) => Math.max(0, advantage)),
    worse: part((advantage) => Math.min(0, advantage)),
  };
}
