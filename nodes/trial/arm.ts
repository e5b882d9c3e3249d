import type { StageResult, Verdict } from "../../state/evidence.ts";
import type { Hash } from "../../state/json.ts";
import type { Candidate } from "../../state/program.ts";
import type { Asking, Question, Result } from "./asking.ts";

type SuiteInTrial = Question["suite"];

/** What is known of a program in a trial, which no later stage asks again. */
export interface Sheet {
  /** The results of the first tasks of a list, as many as the budget held. */
  ask(suite: SuiteInTrial, tasks: readonly number[], missedBefore: readonly number[]): Promise<Result[]>;
  /** All results on these tasks; undefined where one was not asked for. */
  known(suite: SuiteInTrial, tasks: readonly number[]): Result[] | undefined;
}

/** A candidate on its way through the stages of a trial. */
export interface Arm extends Sheet {
  candidate: Candidate;
  results: StageResult[];
  verdict: Verdict;
}

export function createArm(candidate: Candidate, asking: Asking): Arm {
  return {
    candidate,
    results: [],
    verdict: { accepted: true, decided: true, reason: "accepted without a look", delta: 0 },
    ...createSheet(candidate.program, asking),
  };
}

/** A sheet, with the validation tasks whose results are known already. */
export function createSheet(program: Hash, asking: Asking, validation: ReadonlyMap<number, Result> = new Map()): Sheet {
  const known = { train: new Map<number, Result>(), validation: new Map(validation) };
  return {
    async ask(suite, tasks, missedBefore) {
      const results = known[suite];
      const indices = tasks.filter((task) => !results.has(task));
      const found = indices.length === 0 ? [] : await asking.roll({ program, suite, indices, missedBefore });
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
