import type { Answer, Score, Task } from "../state/task.ts";

/** Scores an answer: `value` in 0..1, higher is better, with feedback in words. Pure unless it says otherwise. */
export interface Verifier {
  readonly fingerprint: string;
  score(answer: Answer, task: Task): Promise<Score> | Score;
}
