import type { SkillFinding } from "../state/program.ts";
import type { Answer, Question } from "../state/task.ts";
import type { SkillFolder } from "../skills/folder.ts";

/**
 * The frozen thing that answers a task with skills. It sees the question and the skills and nothing else. Its
 * `fingerprint` names everything that can change an answer (model, options, version): two agents with one fingerprint
 * must be interchangeable. A thrown error makes the rollout missing with the error's message as reason, never a score of
 * 0. `sample` tells repeated rollouts of one task apart. On `signal` it gives up.
 */
export interface TaskAgent {
  readonly fingerprint: string;
  answer(
    question: Question,
    skills: readonly SkillFolder[],
    options: { sample: number; signal: AbortSignal },
  ): Promise<Answer>;
  /** What in the skills it will not do as it is written, for their author; the order is that of the text. Pure and quick. */
  inspect?(skills: readonly SkillFolder[]): readonly SkillFinding[];
}
