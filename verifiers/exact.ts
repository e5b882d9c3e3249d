import { quote } from "../skills/shorten.ts";
import { SkillgraphError } from "../state/errors.ts";
import type { Json } from "../state/json.ts";
import type { Verifier } from "./verifier.ts";

const shown = 200;

/**
 * 1 when the answer is the expected text, both without white space around them, else 0. Numbers and booleans are compared
 * as JavaScript writes them. A task without a string, number or boolean expected is an error with code `tasks`.
 */
export function createExact(): Verifier {
  return {
    fingerprint: "exact@1",
    score(answer, task) {
      const expected = textOfExpected(task.id, task.expected).trim();
      const got = answer.text.trim();
      const right = got === expected;
      const feedback = right
        ? `Right: ${quote(got, shown)}.`
        : `Expected ${quote(expected, shown)}, got ${quote(got, shown)}.`;
      return { value: right ? 1 : 0, objectives: {}, feedback };
    },
  };
}

function textOfExpected(id: string, expected: Json | undefined): string {
  if (typeof expected === "string") return expected;
  if (typeof expected === "number" || typeof expected === "boolean") return String(expected);
  const found = expected === undefined ? "has no expected value" : `expects ${quote(JSON.stringify(expected))}`;
  const advice =
    'the exact verifier needs "expected" as a string, number or boolean. Add it or choose another verifier';
  throw new SkillgraphError("tasks", `Task ${quote(id)} ${found}; ${advice}.`);
}
