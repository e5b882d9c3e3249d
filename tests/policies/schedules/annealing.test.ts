import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evenAtHalf, explorationProbability } from "../../../policies/schedules/annealing.ts";
import { StateError } from "../../../state/errors.ts";

describe("annealing", () => {
  test.each([
    [0, evenAtHalf, 1],
    [50, evenAtHalf, 0.5],
    [100, evenAtHalf, 0.25],
    [50, 4, 0.135335283237],
    [17.328679513998633, 4, 0.5],
    [70, 0, 1],
  ])("with %d of 100 spent at the rate %d explores with probability %d", (spent, rate, probability) => {
    expect(explorationProbability({ spent, budget: 100, rate })).toBe(probability);
  });

  test("explores less the more is spent, also beyond the budget", () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(2000), fc.double({ min: 0.1, max: 5, noNaN: true }), (one, other, rate) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        const [first, second] = [less, more].map((spent) => explorationProbability({ spent, budget: 1000, rate }));
        expect(second).toBeLessThanOrEqual(first!);
        expect(first).toBeLessThanOrEqual(1);
        expect(second).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test.each([
    { spent: 1, budget: 0, rate: 1 },
    { spent: 1, budget: Infinity, rate: 1 },
    { spent: -1, budget: 10, rate: 1 },
    { spent: 1, budget: 10, rate: Number.NaN },
  ])("of %j is refused", (of) => {
    expect(() => explorationProbability(of)).toThrow(StateError);
  });
});
