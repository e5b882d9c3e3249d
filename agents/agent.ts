import type { SkillFinding } from "../state/program.ts";
import type { Answer, Cost, Question } from "../state/task.ts";
import type { SkillFolder } from "../skills/folder.ts";

/**
 * The frozen thing that answers a task with skills. It sees the question and the skills and nothing else. Its
 * `fingerprint` names everything that can change an answer (model, options, version): two agents with one fingerprint
 * must be interchangeable. A thrown error makes the rollout missing with the error's message as reason, never a score of
 * 0. `sample` distinguishes repeated rollouts of one task. On `signal` it gives up. Where it calls journaled models, what
 * they cost is the cost of its answer; else it says itself.
 */
export interface TaskAgent {
  readonly fingerprint: string;
  /**
   * It computes in this process, pays for nothing, and always comes back: its attempts are not noted. Without this, a task
   * on which the process ends again and again is held.
   */
  readonly isEmbedded?: boolean;
  /** The most one rollout may cost, for an agent that pays by itself: what a budget of the run reserves for it. */
  readonly bound?: Cost;
  answer(
    question: Question,
    skills: readonly SkillFolder[],
    options: { sample: number; signal: AbortSignal },
  ): Promise<Answer>;
  /** What in the skills it will not do as it is written, for their author; the order is that of the text. Pure and quick. */
  inspect?(skills: readonly SkillFolder[]): readonly SkillFinding[];
}
