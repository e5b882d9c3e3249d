import type { StageResult, Verdict } from "../../state/evidence.ts";
import type { Candidate } from "../../state/program.ts";
import type { Score } from "../../state/task.ts";
import type { Asking, Question } from "./asking.ts";

type SuiteInTrial = Question["suite"];

/** A candidate on its way through the stages of a trial: what is known of it, which no later stage asks again. */
export interface Arm {
  candidate: Candidate;
  results: StageResult[];
  verdict: Verdict;
  /** The scores of the first tasks of a list, as many as the budget held; null where missing. */
  ask(suite: SuiteInTrial, tasks: readonly number[], missedBefore: readonly number[]): Promise<Array<Score | null>>;
  /** All scores on these tasks; undefined where one was not asked for. */
  known(suite: SuiteInTrial, tasks: readonly number[]): Array<Score | null> | undefined;
}

export function createArm(candidate: Candidate, asking: Asking): Arm {
  const known = { train: new Map<number, Score | null>(), validation: new Map<number, Score | null>() };
  return {
    candidate,
    results: [],
    verdict: { accepted: true, decided: true, reason: "accepted without a look", delta: 0 },
    async ask(suite, tasks, missedBefore) {
      const scores = known[suite];
      const indices = tasks.filter((task) => !scores.has(task));
      const found =
        indices.length === 0 ? [] : await asking.roll({ program: candidate.program, suite, indices, missedBefore });
      for (const [place, score] of found.entries()) scores.set(indices[place] as number, score);
      const end = tasks.findIndex((task) => !scores.has(task));
      return tasks.slice(0, end === -1 ? tasks.length : end).map((task) => scores.get(task) ?? null);
    },
    known(suite, tasks) {
      const scores = known[suite];
      return tasks.every((task) => scores.has(task)) ? tasks.map((task) => scores.get(task) ?? null) : undefined;
    },
  };
}
