import type { CurationReward } from "../../state/curation.ts";
import { rounded } from "../../state/rounding.ts";

/** How much the parts of the reward count beside success on tasks, which counts 1. */
export interface RewardWeights {
  calls: number;
  content: number;
  compression: number;
}

/** What a curator did, as far as it is known. */
export interface Curated {
  /** Success on later tasks, in 0..1. */
  task: number | null;
  calls: { made: number; valid: number };
  /** How good what it wrote was judged to be, in 0..1. */
  content: number | null;
  /** Tokens of the library that it left, and of the rollouts that it was shown. */
  tokens: { library: number; read: number };
}

/** Sums are rounded to so many digits. */
const digits = 12;

/**
 * r = r_task + calls * r_fc + content * r_cnt + compression * r_comp, with r_fc the share of valid calls and r_comp = max(0, 1 - library / read)
 * in tokens (SkillOS, arXiv 2605.06614 [S]). Ours [R]: without a call r_fc is not known, and without anything read r_comp is not; what is not
 * known adds nothing.
 */
export function curationReward(
  { task, calls: { made, valid }, content, tokens: { library, read } }: Curated,
  weights: RewardWeights,
): CurationReward {
  const calls = made === 0 ? null : rounded(valid / made, digits);
  const compression = read === 0 ? null : rounded(Math.max(0, 1 - library / read), digits);
  const total =
    task === null
      ? null
      : rounded(
          task +
            weights.calls * (calls ?? 0) +
            weights.content * (content ?? 0) +
            weights.compression * (compression ?? 0),
          digits,
        );
  return { task, calls, content, compression, total };
}
