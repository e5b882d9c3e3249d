import { defaultMaxMissing } from "../../state/settings.ts";
import { counted } from "../words.ts";
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
 * another skill, where it is shown to be worse, or, to be `better`, where it is not shown to be, by the exact test of `pairScores`. Where more
 * results are missing than `maxMissing` allows, no conclusion is possible, and it falls short too.
 */
export function shortfallOf(evaluation: Evaluation, { minScore, expect = "no-worse", ...bar }: Bar): string | null {
  const { score, against } = evaluation;
  if (minScore === undefined && against === null) return null;
  const lacking = lackingIn(evaluation, bar.maxMissing ?? defaultMaxMissing);
  if (lacking !== null) return lacking;
  if (minScore !== undefined && score !== null && score < minScore)
    return `The score ${score.toFixed(3)} is below the required minimum of ${minScore}.`;
  if (against === null) return null;
  const { better, worse } = against;
  const counts = `better on ${counted(better, "task")}, worse on ${worse}`;
  if (against.shown === "worse") return `It is worse than the other skill: ${counts} (exact test, p <= .025).`;
  if (expect === "better" && against.shown !== "better")
    return `It is not shown to be better than the other skill: ${counts} (exact test, p > .025).`;
  return null;
}

function lackingIn({ tasks, missing, against }: Evaluation, maxMissing: number): string | null {
  const lacking = against === null ? missing : tasks - against.pairs;
  if (lacking < tasks && lacking <= maxMissing * tasks) return null;
  const of = against === null ? "" : " for both skills";
  return `${lacking} of ${tasks} tasks have no result${of}, more than the allowed share of ${maxMissing}. Run it again, or allow more (--max-missing).`;
}
