import type { StageResult, Verdict } from "../../state/evidence.ts";
import type { Candidate } from "../../state/program.ts";
import type { Asking, Question, Result } from "./asking.ts";

type SuiteInTrial = Question["suite"];

/** A candidate on its way through the stages of a trial: what is known of it, which no later stage asks again. */
export interface Arm {
  candidate: Candidate;
  results: StageResult[];
  verdict: Verdict;
  /** The results of the first tasks of a list, as many as the budget held. */
  ask(suite: SuiteInTrial, tasks: readonly number[], missedBefore: readonly number[]): Promise<Result[]>;
  /** All results on these tasks; undefined where one was not asked for. */
  known(suite: SuiteInTrial, tasks: readonly number[]): Result[] | undefined;
}

export function createArm(candidate: Candidate, asking: Asking): Arm {
  const known = { train: new Map<number, Result>(), validation: new Map<number, Result>() };
  return {
    candidate,
    results: [],
    verdict: { accepted: true, decided: true, reason: "accepted without a look", delta: 0 },
    async ask(suite, tasks, missedBefore) {
      const results = known[suite];
      const indices = tasks.filter((task) => !results.has(task));
      const found =
        indices.length === 0 ? [] : await asking.roll({ program: candidate.program, suite, indices, missedBefore });
      for (const [place, result] of found.entries()) results.set(indices[place] as number, result);
      const end = tasks.findIndex((task) => !results.has(task));
      return tasks.slice(0, end === -1 ? tasks.length : end).map((task) => results.get(task) as Result);
    },
    known(suite, tasks) {
      const results = known[suite];
      return tasks.every((task) => results.has(task)) ? tasks.map((task) => results.get(task) as Result) : undefined;
    },
  };
}
