import { decimalOf, isNearDecimal, type Decimal } from "../state/decimal.ts";
import { expectedText, rightOrWrong } from "./expected.ts";
import { checkTolerance } from "./tolerance.ts";
import type { Verifier } from "./verifier.ts";

/** A number as people and programs write it: sign, digits with commas between thousands, a fraction, an exponent. */
const numberForm = /^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * 1 when the answer is a number within the tolerance of the expected one, else 0. `tolerance` is relative: the difference
 * may be that share of the expected number, 0 for equality. Numbers are compared as decimals, exactly as they are written, however
 * long. Expected texts that are no numbers (`none`) must be met exactly.
 */
export function createNumeric({ tolerance = 0 }: { tolerance?: number } = {}): Verifier {
  checkTolerance(tolerance, "numeric");
  return {
    fingerprint: `numeric@2:${tolerance}`,
    check(task) {
      expectedText(task, "numeric");
    },
    score(answer, task) {
      const expected = expectedText(task, "numeric");
      const [wanted, got] = [numberIn(expected), numberIn(answer.text)];
      if (wanted === undefined) return rightOrWrong(answer.text.trim() === expected, answer, expected);
      return rightOrWrong(got !== undefined && isNearDecimal(got, wanted, tolerance), answer, expected);
    },
  };
}

export function numberIn(text: string): Decimal | undefined {
  const trimmed = text.trim();
  return numberForm.test(trimmed) ? decimalOf(trimmed.replaceAll(",", "")) : undefined;
}
