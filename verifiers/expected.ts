import { quote } from "../skills/shorten.ts";
import { SkillgraphError } from "../state/errors.ts";
import type { Json } from "../state/json.ts";
import type { Answer, Score, Task } from "../state/task.ts";

const shown = 200;

/** The expected value as text. A task without a string, number or boolean expected is an error with code `tasks`. */
export function expectedText({ id, expected }: Task, verifier: string): string {
  if (typeof expected === "string") return expected.trim();
  if (typeof expected === "number" || typeof expected === "boolean") return String(expected);
  const found =
    expected === undefined ? "has no expected value" : `expects ${quote(JSON.stringify(expected satisfies Json))}`;
  throw new SkillgraphError(
    "tasks",
    `Task ${quote(id)} ${found}; the ${verifier} verifier needs "expected" as a string, number or boolean. Add it or choose another verifier.`,
  );
}

/** 1 or 0, with feedback that names what was expected and what came. */
export function rightOrWrong(isRight: boolean, answer: Answer, expected: string): Score {
  const got = quote(answer.text.trim(), shown);
  const feedback = isRight ? `Right: ${got}.` : `Expected ${quote(expected, shown)}, got ${got}.`;
  return { value: isRight ? 1 : 0, objectives: {}, feedback };
}
