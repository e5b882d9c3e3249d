import type { Answer, Score, Task } from "../state/task.ts";

/** Scores an answer: `value` in 0..1, higher is better, with feedback in words. Pure unless it says otherwise. */
export interface Verifier {
  readonly fingerprint: string;
  /** Where `expected` is no right answer but a pattern of them, so that no answer can be learned from it. */
  readonly expects?: "pattern";
  /** Texts of the check that a skill must not repeat, such as a pattern or a rubric. The guard holds a candidate that does. */
  readonly literals?: readonly string[];
  /** Throws where a task cannot be scored. Called for every task before anything is paid for. */
  check?(task: Task): void;
  score(answer: Answer, task: Task): Promise<Score> | Score;
}
