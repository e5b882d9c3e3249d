import type { Score, Task } from "../../state/task.ts";
import type { Verifier } from "../../verifiers/verifier.ts";
import { answerOf } from "../support/nodes.ts";

export const taskOf = (expected?: Task["expected"]): Task => ({
  id: "t1",
  input: "q",
  ...(expected === undefined ? {} : { expected }),
});

export async function scoreBy(verifier: Verifier, text: string, expected?: Task["expected"]): Promise<Score> {
  return verifier.score(answerOf(text), taskOf(expected));
}
