import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { autonomousEdits, chosenEdits, editBudget, type EditDecay } from "../../../policies/schedules/edit-budget.ts";
import { StateError } from "../../../state/errors.ts";

const all = (decay: EditDecay, steps: number, most = 4, least = 2) =>
  Array.from({ length: steps }, (_, before) => editBudget(decay, { step: before + 1, steps, most, least }));

describe("an edit budget", () => {
  test.each<[EditDecay, number, number[]]>([
    ["cosine", 4, [4, 3, 2, 2]],
    ["cosine", 8, [4, 4, 3, 3, 3, 2, 2, 2]],
    ["linear", 4, [4, 3, 2, 2]],
    ["linear", 8, [4, 4, 3, 3, 3, 2, 2, 2]],
    ["constant", 4, [4, 4, 4, 4]],
    ["cosine", 1, [4]],
    ["linear", 2, [3, 2]],
  ])("that is %s over %d steps is %j", (decay, steps, budgets) => {
    expect(all(decay, steps)).toEqual(budgets);
  });

  test("goes down from step to step within its bounds, ends at the least, and stays there", () => {
    const sizes = fc.record({
      steps: fc.integer({ min: 2, max: 60 }),
      least: fc.integer({ min: 1, max: 6 }),
      more: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(sizes, fc.constantFrom<EditDecay>("linear", "cosine"), ({ steps, least, more }, decay) => {
        const budgets = all(decay, steps, least + more, least);
        expect(budgets).toEqual(budgets.toSorted((a, b) => b - a));
        expect(budgets.every((budget) => Number.isInteger(budget) && budget >= least && budget <= least + more)).toBe(
          true,
        );
        expect(budgets.at(-1)).toBe(least);
        expect(editBudget(decay, { step: steps + 9, steps, most: least + more, least })).toBe(least);
      }),
    );
  });

  test.each([
    [{ step: 0, steps: 4, most: 4, least: 2 }, "counted from 1"],
    [{ step: 1, steps: 4, most: 2, least: 4 }, "must go down"],
    [{ step: 1, steps: 4, most: 2, least: 0 }, "not below 1"],
    [{ step: Number.NaN, steps: 4, most: 4, least: 2 }, "counted from 1"],
  ])("of %j is refused", (of, message) => {
    expect(() => editBudget("linear", of)).toThrow(StateError);
    expect(() => editBudget("linear", of)).toThrow(message);
  });
});

describe("edits that an optimizer chooses itself", () => {
  test.each([
    [3, 3],
    [" 12 ", 12],
    [0, 0],
    [5000, autonomousEdits],
    ["three", 0],
    [2.5, 0],
    [-1, 0],
    ["", 0],
    [null, 0],
    [Number.NaN, 0],
  ])("%j are %d", (reply, count) => {
    expect(chosenEdits(reply)).toBe(count);
  });
});
