import { defaultMaxMissing } from "../../state/settings.ts";
import type { Evaluation } from "./evaluate.ts";

/** What a skill must reach. */
export interface Bar {
  /** The least mean score, in 0..1. */
  minScore?: number | undefined;
  /** Against another skill: `no-worse` (the default) unless it is shown to be worse, `better` only where it is shown to be. */
  expect?: "no-worse" | "better" | undefined;
  /** The largest allowed share of tasks without a result, for either skill; by default 0.2. */
  maxMissing?: number | undefined;
}

/**
 * Why an evaluation falls short, in words; null where it does not. It does where the score is below `minScore`; and against
 * another skill, where the 95 % interval of the difference lies below 0 as a whole, or, to be `better`, where it does not lie
 * above 0 as a whole. Where more results are missing than `maxMissing` allows, no conclusion is possible, and it falls short too.
 */
export function shortfallOf(evaluation: Evaluation, { minScore, expect = "no-worse", ...bar }: Bar): string | null {
  const { score, against } = evaluation;
  if (minScore === undefined && against === null) return null;
  const lacking = lackingIn(evaluation, bar.maxMissing ?? defaultMaxMissing);
  if (lacking !== null) return lacking;
  if (minScore !== undefined && score !== null && score < minScore)
    return `The score ${score.toFixed(3)} is below the required minimum of ${minScore}.`;
  if (against === null) return null;
  if (against.interval === null)
    return `Only ${against.pairs} tasks have a result for both skills; a comparison needs at least two.`;
  const [low, high] = against.interval;
  if (high < 0) return "It is worse than the other skill: the interval of the difference is entirely below 0.";
  if (expect === "better" && !(low > 0))
    return "It is not shown to be better than the other skill: the interval of the difference is not entirely above 0.";
  return null;
}

function lackingIn({ tasks, missing, against }: Evaluation, maxMissing: number): string | null {
  const lacking = against === null ? missing : tasks - against.pairs;
  if (lacking < tasks && lacking <= maxMissing * tasks) return null;
  const of = against === null ? "" : " for both skills";
  return `${lacking} of ${tasks} tasks have no result${of}, more than the allowed share of ${maxMissing}. Run it again, or allow more (--max-missing).`;
}
