import { describe, expect, test } from "vitest";
import { allStudied, contrastStudied } from "../../../policies/advantages/studied.ts";

const tasks = [
  [0, 1, 0.5],
  [1, 1, 1],
  [null, 0, 0],
  [null, null, null],
];

describe("the rollouts that are studied", () => {
  test("are all, by default", () => {
    expect(allStudied.choose([[0, 1], [null]])).toEqual([[0, 1], [0]]);
  });

  test("are the best and the worst of each task, where equal ones are skipped", () => {
    expect(contrastStudied({ skipEqual: true }).choose(tasks)).toEqual([[1, 0], [], [], []]);
  });

  test("are also one of each task whose samples are equal, where those are not skipped", () => {
    expect(contrastStudied({ skipEqual: false }).choose(tasks)).toEqual([[1, 0], [0], [1], []]);
  });

  test("are one of each task where there is no contrast at all", () => {
    expect(contrastStudied({ skipEqual: true }).choose(tasks.slice(1))).toEqual([[0], [1], []]);
  });
});
