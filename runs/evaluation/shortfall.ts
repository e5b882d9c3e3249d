import type { Evaluation } from "./evaluate.ts";

/** What a skill must reach. */
export interface Bar {
  /** The least mean score, in 0..1. */
  minScore?: number | undefined;
  /** Against another skill: `no-worse` (the default) unless it is shown to be worse, `better` only where it is shown to be. */
  expect?: "no-worse" | "better" | undefined;
}

/**
 * Why an evaluation falls short, in words; null where it does not. It does where the score is below `minScore`; and against
 * another skill, where the 95 % interval of the difference lies below 0 as a whole, or, to be `better`, where it does not lie
 * above 0 as a whole.
 */
export function shortfallOf({ score, against }: Evaluation, { minScore, expect = "no-worse" }: Bar): string | null {
  if (minScore !== undefined && score < minScore)
    return `The score ${score.toFixed(3)} is below ${minScore}, the least that was asked for.`;
  if (against === null) return null;
  const [low, high] = against.interval;
  if (high < 0) return "It is worse than the other: the interval of the difference lies below 0.";
  if (expect === "better" && !(low > 0))
    return "It is not shown to be better than the other: the interval of the difference does not lie above 0.";
  return null;
}
