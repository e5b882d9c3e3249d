import { plainOf } from "../models/replies/plain.ts";
import { CallError } from "../state/errors.ts";
import { sizes } from "../state/sizes.ts";
import { Cost, noCost, type Answer } from "../state/task.ts";

interface UsableAnswer {
  answer: Answer;
  /** Why its cost is not the one that was given, where it cannot be one. */
  problem: string | undefined;
}

/**
 * An answer of an agent of one's own, which has been paid for: it is not thrown away over a trace that no record can hold or a
 * cost that cannot be. One that is longer than `sizes.answer` is a CallError. What else is wrong with it stays as it is, for the
 * ledger to refuse.
 */
export function usableAnswer(given: Answer): UsableAnswer {
  if (typeof given !== "object" || given === null) return { answer: given, problem: undefined };
  if (typeof given.text === "string" && given.text.length > sizes.answer) {
    throw new CallError(
      `The answer has ${given.text.length} characters; at most ${sizes.answer} are allowed. Make the skill ask for shorter answers.`,
    );
  }
  const trace = plainOf(given.trace ?? []) as Answer["trace"];
  const parsed = Cost.safeParse(given.cost);
  if (parsed.success) return { answer: { ...given, trace }, problem: undefined };
  const cost = { ...noCost };
  const odd: string[] = [];
  for (const name of ["inputTokens", "outputTokens", "usd"] as const) {
    const value: unknown = (given.cost as Partial<Cost> | undefined)?.[name];
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) cost[name] = value;
    else odd.push(`${name} is ${String(value)}`);
  }
  const problem = odd.length === 0 ? "it has fields other than inputTokens, outputTokens and usd" : odd.join(", ");
  return { answer: { ...given, trace, cost }, problem };
}
