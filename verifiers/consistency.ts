import { SettingsError } from "../state/errors.ts";
import type { Score } from "../state/task.ts";
import { createTokenF1 } from "./token-f1.ts";
import type { Verifier } from "./verifier.ts";

/** How the core of an answer compares with that of the reference (the judge of SkillForge, arXiv 2604.08618 [P]). */
export const consistencies = ["consistent", "partial", "inconsistent"] as const;
export type Consistency = (typeof consistencies)[number];

const valueOf = { consistent: 1, partial: 0.5, inconsistent: 0 };

/**
 * The score of such a verdict: 1, 0.5 or 0, with the objectives `strict`, 1 for consistent alone, and `lenient`, 1 for partial too. Their means
 * are the strict and the lenient consistency rate [P]; the value of a partial answer is ours [R].
 */
export function consistencyScore(verdict: Consistency, feedback: string): Score {
  const objectives = { strict: verdict === "consistent" ? 1 : 0, lenient: verdict === "inconsistent" ? 0 : 1 };
  return { value: valueOf[verdict], objectives, feedback };
}

export interface ConsistencyOptions {
  /** What compares the answer with `expected`. Default `f1`. */
  each?: Verifier;
  /** The lowest score of `each` that is partial; above 0, up to 1. Default 0.5. */
  partialFrom?: number;
}

/**
 * The judge's verdict without a model: consistent where `each` scores 1, partial from `partialFrom` on, else inconsistent. The threshold
 * is ours [R].
 */
export function createConsistency({ each = createTokenF1(), partialFrom = 0.5 }: ConsistencyOptions = {}): Verifier {
  if (!(partialFrom > 0 && partialFrom <= 1))
    throw new SettingsError("partialFrom", `partialFrom is ${partialFrom}; it must be above 0 and at most 1.`);
  return {
    fingerprint: `consistency@1:${partialFrom}:${each.fingerprint}`,
    ...(each.expects === undefined ? {} : { expects: each.expects }),
    check(task) {
      each.check?.(task);
    },
    async score(answer, task) {
      const { value, feedback } = await each.score(answer, task);
      const verdict = value === 1 ? "consistent" : value >= partialFrom ? "partial" : "inconsistent";
      return consistencyScore(verdict, `Judged ${verdict}. ${feedback}`);
    },
  };
}
