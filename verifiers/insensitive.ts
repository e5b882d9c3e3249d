import { expectedText, rightOrWrong } from "./expected.ts";
import type { Verifier } from "./verifier.ts";

/** As exact, but capitals, the amount of white space and the form of accents (Unicode NFKC) make no difference. */
export function createInsensitive(): Verifier {
  return {
    fingerprint: "insensitive@1",
    check(task) {
      expectedText(task, "insensitive");
    },
    score(answer, task) {
      const expected = expectedText(task, "insensitive");
      return rightOrWrong(folded(answer.text) === folded(expected), answer, expected);
    },
  };
}

function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}
