import type { RunRow } from "../../bench/results.ts";

/** A row with two points, whose scores and words grow with the seed. */
export function rowOf(arm: string, seed: number, given: Partial<RunRow["job"]> = {}): RunRow {
  const score = 0.5 + seed / 100;
  return {
    job: {
      set: "banking10",
      split: "test",
      arm,
      analyst: "statistical",
      slip: null,
      settings: { seed, budgetRollouts: 600, edits: 4 },
      at: [300, 600],
      ...given,
    },
    figures: {
      points: [
        { rollouts: 300, score: score - 0.2, words: 80 + seed },
        { rollouts: 600, score, words: 120 + seed },
      ],
      tokens: 200,
      validation: score + 0.05,
      validationTasks: 100,
      generations: 6,
      accepted: 4,
      rollouts: 600,
      hypervolume: score,
      evaluations: 2,
      cpu: { run: 1, analyst: 0.5 },
      wall: 2,
    },
    commit: "abc1234",
    code: "0123456789ab",
    logged: false,
  };
}
