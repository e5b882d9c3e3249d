import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byTask, countSamples, lastTasks, meanOfSamples, worstOfTasks } from "../../policies/samples.ts";
import { affordableTasks } from "../../policies/budget.ts";
import { generationCost, againstHead } from "../../policies/trial.ts";
import { strictAcceptance } from "../../policies/acceptance.ts";
import type { Score } from "../../state/task.ts";
import { settingsOf } from "./records.ts";

const score = (value: number, objectives: Record<string, number> = {}): Score => ({
  value,
  objectives,
  feedback: `got ${value}`,
});
const rolled = (task: string, value: number | null) => ({
  rollout: { task },
  score: value === null ? null : score(value),
});

describe("the score of a task", () => {
  test("is the one of a single sample, as it is", () => {
    const only = score(0.3, { speed: 1 / 3 });
    expect(meanOfSamples([only])).toBe(only);
    expect(meanOfSamples([null])).toBeNull();
    expect(meanOfSamples([])).toBeNull();
  });

  test("is the mean over the samples that are not missing, objective by objective, with the feedback on the worst", () => {
    const samples = [score(1, { speed: 0.5 }), null, score(0, { speed: 1, cost: 0.2 }), score(1)];
    expect(meanOfSamples(samples)).toEqual({
      value: 0.666666666667,
      objectives: { speed: 0.75, cost: 0.2 },
      feedback: "got 0",
    });
  });

  test("stays in 0..1", () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(values, (list) => {
        const mean = meanOfSamples(list.map((value) => score(value)))?.value ?? -1;
        expect(mean >= 0 && mean <= 1).toBe(true);
      }),
    );
  });
});

describe("how samples agree", () => {
  test("is counted by task: all right, and not all alike", () => {
    const counts = countSamples([
      [1, 1, 0, null, null, 0.5],
      [1, 0, 0, 1, null, 0.5],
    ]);
    expect(counts).toEqual({ tasks: 5, passed: 2, flipped: 1 });
  });

  test("is not known of one sample", () => {
    expect(countSamples([])).toBeNull();
    expect(countSamples([[1, 0]])).toBeNull();
  });
});

describe("rollouts of a task", () => {
  test("are grouped in the order of their first ones", () => {
    const rows = [{ task: "b" }, { task: "a" }, { task: "b" }];
    expect(byTask(rows, ({ task }) => task).map(({ task, rows: own }) => [task, own.length])).toEqual([
      ["b", 2],
      ["a", 1],
    ]);
  });

  test("are represented by the worst, by a missing one only where all are", () => {
    const rollouts = [rolled("a", 1), rolled("a", 0), rolled("a", null), rolled("b", null), rolled("b", null)];
    expect(worstOfTasks(rollouts)).toEqual([rolled("a", 0), rolled("b", null)]);
    expect(worstOfTasks([rolled("a", null), rolled("a", 0.5)])).toEqual([rolled("a", 0.5)]);
  });

  test("of the last tasks are all of their samples", () => {
    const rollouts = [rolled("a", 1), rolled("b", 1), rolled("b", 0), rolled("c", 1)];
    expect(lastTasks(rollouts, 2)).toEqual(rollouts.slice(1));
    expect(lastTasks(rollouts, 9)).toEqual(rollouts);
    const single = ["a", "b", "c", "d"].map((task) => rolled(task, 1));
    expect(lastTasks(single, 3)).toEqual(single.slice(-3));
  });
});

describe("a budget", () => {
  const spent = { rollouts: 10, simulations: 0, tokens: 0 };

  test("holds whole tasks, each with all of its samples", () => {
    expect(affordableTasks(settingsOf({ samples: 4, budgetRollouts: 21 }), spent, 9)).toBe(2);
    expect(affordableTasks(settingsOf({ samples: 4 }), spent, 9)).toBe(9);
  });

  test("counts every sample of a generation", () => {
    const sizes = { train: 30, validation: 50 };
    const cost = (samples: number) =>
      generationCost({ trial: againstHead(strictAcceptance) }, settingsOf({ samples, batch: 10, wave: 5 }), sizes);
    expect(cost(1)).toEqual({ batch: 10, start: 50, least: 5, most: 50, reserve: 0, cut: 1 });
    expect(cost(3)).toEqual({ batch: 30, start: 150, least: 15, most: 150, reserve: 0, cut: 3 });
  });
});
