import { quote } from "../skills/shorten.ts";
import { SkillgraphError } from "../state/errors.ts";
import type { Answer, Score, Task } from "../state/task.ts";
import { createExact } from "./exact.ts";
import type { Verifier } from "./verifier.ts";

const shown = { alternatives: 5, characters: 80 };

/**
 * The best score among the acceptable answers: `expected` is a list of them, or a single one. `each` is what scores the answer
 * against one of them, and must compare with `expected`.
 */
export function createOneOf({ each = createExact() }: { each?: Verifier } = {}): Verifier {
  return {
    fingerprint: `one-of@2:${each.fingerprint}`,
    ...(each.expects === undefined ? {} : { expects: each.expects }),
    ...(each.literals === undefined ? {} : { literals: each.literals }),
    check(task) {
      for (const one of alternativesOf(task)) each.check?.(one);
    },
    async score(answer, task) {
      const alternatives = alternativesOf(task);
      let best: Score | undefined;
      for (const one of alternatives) {
        const score = await each.score(answer, one);
        if (best === undefined || score.value > best.value) best = score;
        if (best.value === 1) break;
      }
      const found = best as Score;
      if (found.value > 0 || alternatives.length === 1) return found;
      const none = noneOf(alternatives, answer);
      return each.expects === "pattern" ? { ...found, detail: none } : { ...found, feedback: none };
    },
  };
}

/** The task once for each acceptable answer. */
function alternativesOf(task: Task): Task[] {
  if (!Array.isArray(task.expected)) return [task];
  if (task.expected.length > 0) return task.expected.map((expected) => ({ ...task, expected }));
  throw new SkillgraphError(
    "tasks",
    `Task ${quote(task.id)} has an empty list as "expected", so no answer can be right. List the acceptable answers: "expected": ["...", "..."].`,
  );
}

function noneOf(alternatives: readonly Task[], answer: Answer): string {
  const texts = alternatives
    .slice(0, shown.alternatives)
    .map(({ expected }) => quote(textOf(expected), shown.characters));
  const rest = alternatives.length - texts.length;
  const more = rest === 0 ? "" : ` or ${rest} more`;
  return `Expected one of ${texts.join(", ")}${more}, got ${quote(answer.text.trim(), 200)}.`;
}

function textOf(expected: Task["expected"]): string {
  return typeof expected === "string" ? expected : JSON.stringify(expected);
}
