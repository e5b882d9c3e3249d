import { noCost, type Answer, type Score, type Task } from "../../state/task.ts";
import type { Verifier } from "../../verifiers/verifier.ts";

export const answerOf = (text: string): Answer => ({ text, used: [], trace: [], cost: noCost });

export const taskOf = (expected?: Task["expected"]): Task => ({
  id: "t1",
  input: "q",
  ...(expected === undefined ? {} : { expected }),
});

export async function scoreBy(verifier: Verifier, text: string, expected?: Task["expected"]): Promise<Score> {
  return verifier.score(answerOf(text), taskOf(expected));
}
