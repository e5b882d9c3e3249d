import { SkillgraphError } from "../state/errors.ts";
import { quote } from "../skills/shorten.ts";
import { expectedText, rightOrWrong } from "./expected.ts";
import { checkTolerance, isNear } from "./tolerance.ts";
import type { Verifier } from "./verifier.ts";

/** A number as people and programs write it: sign, digits with commas between thousands, a fraction, an exponent. */
const numberForm = /^[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * 1 when the answer is a number within the tolerance of the expected one, else 0. `tolerance` is relative: the difference
 * may be that share of the expected number, 0 for equality. Expected texts that are no numbers (`none`) must be met exactly.
 */
export function createNumeric({ tolerance = 0 }: { tolerance?: number } = {}): Verifier {
  checkTolerance(tolerance, "numeric");
  return {
    fingerprint: `numeric@1:${tolerance}`,
    check(task) {
      expectedText(task, "numeric");
    },
    score(answer, task) {
      const expected = expectedText(task, "numeric");
      const [wanted, got] = [numberIn(expected), numberIn(answer.text)];
      if (wanted === undefined) return rightOrWrong(answer.text.trim() === expected, answer, expected);
      if (!Number.isFinite(wanted))
        throw new SkillgraphError("tasks", `Task ${quote(task.id)} expects a number too large to compare.`);
      return rightOrWrong(got !== undefined && isNear(got, wanted, tolerance), answer, expected);
    },
  };
}

function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed !== "" && /\d/.test(trimmed) && numberForm.test(trimmed)
    ? Number(trimmed.replaceAll(",", ""))
    : undefined;
}
