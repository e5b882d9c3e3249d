import { isNearDecimal } from "../state/decimal.ts";
import { expectedText, rightOrWrong } from "./expected.ts";
import { numberIn } from "./numeric.ts";
import type { Verifier } from "./verifier.ts";

/** Shares of the expected number, and what being within one counts: 1 / (1 + 20 tolerance) in sixths, which are 20 in all. */
const sixths = [
  { tolerance: 0, weight: 6 },
  { tolerance: 0.01, weight: 5 },
  { tolerance: 0.025, weight: 4 },
  { tolerance: 0.05, weight: 3 },
  { tolerance: 0.1, weight: 2 },
];

/**
 * How near the answer is to the expected number: 1 where it is equal, 0.7 within 1 %, 0.45 within 2.5 %, 0.25 within 5 %, 0.1 within
 * 10 %, else 0: the mean of `numeric` over five tolerances, weighted by 1 / (1 + 20 tolerance) (EvoSkill's multi_tolerance [C]). Numbers
 * are those of `numeric`; expected texts that are no numbers must be met exactly.
 */
export function createMultiTolerance(): Verifier {
  return {
    fingerprint: "multi-tolerance@1",
    check(task) {
      expectedText(task, "multi-tolerance");
    },
    score(answer, task) {
      const expected = expectedText(task, "multi-tolerance");
      const [wanted, got] = [numberIn(expected), numberIn(answer.text)];
      if (wanted === undefined) return rightOrWrong(answer.text.trim() === expected, answer, expected);
      const met = sixths.filter(({ tolerance }) => got !== undefined && isNearDecimal(got, wanted, tolerance));
      const value = met.reduce((sum, { weight }) => sum + weight, 0) / 20;
      const score = rightOrWrong(value === 1, answer, expected);
      const nearest = met[0];
      if (value === 1 || nearest === undefined) return score;
      return { ...score, value, feedback: `${score.feedback} That is within ${nearest.tolerance * 100} %.` };
    },
  };
}
