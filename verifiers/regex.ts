import { RE2JS } from "re2js";
import { quote } from "../skills/shorten.ts";
import { CallError, SettingsError, SkillgraphError } from "../state/errors.ts";
import type { Score, Task } from "../state/task.ts";
import { expectedText } from "./expected.ts";
import type { Verifier } from "./verifier.ts";

const longestPattern = 1_000;
const mostKept = 1_000;
/** Steps of a compiled pattern, counts written out. */
const mostSteps = 2_000;
const longestAnswer = 100_000;
/** Steps by characters: what an answer can cost, about half a second. */
const mostWork = 20_000_000;

/**
 * 1 when a pattern is found in the answer, white space around that aside, else 0. `pattern` is for all tasks, which then need no `expected`; without it
 * the `expected` of each task is one. Patterns are those of RE2, run by an engine that takes time linear in the answer: no
 * looking ahead or behind, no references back. What is too long to try is a CallError, and so missing.
 */
export function createRegex({ pattern }: { pattern?: string } = {}): Verifier {
  if (pattern === undefined) {
    const known = new Map<string, RE2JS>();
    const expressionOf = (task: Task): RE2JS => {
      const source = expectedText(task, "regex");
      const expression = known.get(source) ?? compile(source, (problem) => taskError(task, problem));
      if (known.size >= mostKept) known.clear();
      known.set(source, expression);
      return expression;
    };
    return {
      fingerprint: "regex@2",
      expects: "pattern",
      check: (task) => void expressionOf(task),
      score: (answer, task) => scoreOf(answer.text, expressionOf(task)),
    };
  }
  const expression = compile(pattern, (problem) => new SettingsError("verifier", `The regex verifier: ${problem}`));
  return {
    fingerprint: `regex@2:${pattern}`,
    literals: [pattern],
    score: (answer) => scoreOf(answer.text, expression),
  };
}

function taskError({ id }: Task, problem: string): SkillgraphError {
  return new SkillgraphError("tasks", `Task ${quote(id)}: ${problem}`);
}

function compile(source: string, refuse: (problem: string) => SkillgraphError): RE2JS {
  const shown = `the pattern ${quote(source, 120)}`;
  if (source === "") throw refuse("the pattern is empty and would match every answer. Give one, such as ^yes$.");
  if (source.length > longestPattern)
    throw refuse(`${shown} has ${source.length} characters; at most ${longestPattern} are allowed. Shorten it.`);
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(source);
  } catch (error) {
    const reason = (error as Error).message.replace(/^error parsing regexp: /, "");
    throw refuse(
      `${shown} cannot be used: ${reason}. Patterns use RE2 syntax, without look-ahead, look-behind or back-references.`,
    );
  }
  if (expression.programSize() <= mostSteps) return expression;
  throw refuse(
    `${shown} has too many repetitions (${expression.programSize()} steps, at most ${mostSteps} are allowed). Use smaller numbers in braces.`,
  );
}

function scoreOf(answer: string, expression: RE2JS): Score {
  const text = answer.trim();
  const longest = Math.min(longestAnswer, Math.floor(mostWork / expression.programSize()));
  if (text.length > longest) {
    throw new CallError(
      `the answer has ${text.length} characters; this pattern is applied to at most ${longest}. Make the skill ask for shorter answers, or use a simpler pattern.`,
    );
  }
  const isFound = expression.test(text);
  const got = quote(text, 200);
  const pattern = quote(expression.pattern(), 200);
  return {
    value: isFound ? 1 : 0,
    objectives: {},
    feedback: isFound ? `Right: ${got}.` : `The answer does not have the required form: ${got}.`,
    detail: isFound
      ? `Right: found the pattern ${pattern} in ${got}.`
      : `Did not find the pattern ${pattern} in ${got}.`,
  };
}
