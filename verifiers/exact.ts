import { expectedText, rightOrWrong } from "./expected.ts";
import type { Verifier } from "./verifier.ts";

/** 1 when the answer is the expected text, both without white space around them, else 0. */
export function createExact(): Verifier {
  return {
    fingerprint: "exact@1",
    check(task) {
      expectedText(task, "exact");
    },
    score(answer, task) {
      const expected = expectedText(task, "exact");
      return rightOrWrong(answer.text.trim() === expected, answer, expected);
    },
  };
}
