import { rounded } from "../../state/rounding.ts";
import { meanScore } from "../scores.ts";

/** The rewards in 0..1 of the K rollouts of one generation; null where a rollout is missing. */
export type Rewards = readonly (number | null)[];

/** How the rollouts of one generation did, and its revision. Differences are rounded to 12 digits. */
export interface GenerationAdvantage {
  /** Mean reward; null where every rollout is missing. */
  mean: number | null;
  /** Reward minus mean of the generation, rollout by rollout; null where missing. They add up to 0. */
  intra: (number | null)[];
  /** Mean minus that of the last generation before that has one; 0 in the first, and where either is missing. */
  inter: number;
  /** intra + lambda inter, rollout by rollout; null where missing. Their mean is lambda inter. */
  total: (number | null)[];
}

/**
 * Advantages of one instance's generations (Skill-R1, arXiv 2605.09359, A.3 [P]): within a generation its rollouts are compared under one
 * shared skill, without division by their spread; between generations the revision is. `lambda` weighs the latter; its published value is
 * unknown, ours is 0.5 [R]. How missing rollouts count is ours [R]: they say nothing.
 */
export function advantagesOf(generations: readonly Rewards[], { lambda }: { lambda: number }): GenerationAdvantage[] {
  let before: number | null = null;
  return generations.map((rewards) => {
    const mean = meanScore([...rewards]);
    const inter = mean === null || before === null ? 0 : rounded(mean - before, 12);
    before = mean ?? before;
    const above = (reward: number | null, more: number) =>
      reward === null || mean === null ? null : rounded(reward - mean + more, 12);
    return {
      mean,
      intra: rewards.map((reward) => above(reward, 0)),
      inter,
      total: rewards.map((reward) => above(reward, lambda * inter)),
    };
  });
}

/**
 * The best and the worst rollout of a generation, as places in its rewards, of equals the first: what an editor learns most from. Null
 * where all rewards are equal, since then they say nothing (Skill-R1, A.6 [R]).
 */
export function contrastPair(rewards: Rewards): { best: number; worst: number } | null {
  const known = rewards.filter((reward) => reward !== null);
  const [most, least] = [Math.max(...known), Math.min(...known)];
  return known.length === 0 || most === least ? null : { best: rewards.indexOf(most), worst: rewards.indexOf(least) };
}

/**
 * Why an episode of revising one instance's skill is over, or null: every rollout of the last generation has reward 1, or the last two
 * revisions did not help (Skill-R1, A.6 [R]). A generation without a result ends nothing.
 */
export function episodeEnd(advantages: readonly GenerationAdvantage[]): "solved" | "no gain" | null {
  const measured = advantages.filter(({ mean }) => mean !== null);
  if (measured.at(-1)?.mean === 1) return "solved";
  const lastTwo = measured.slice(1).slice(-2);
  return lastTwo.length === 2 && lastTwo.every(({ inter }) => inter <= 0) ? "no gain" : null;
}
