import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { weightedChoice } from "../../../policies/draws/weighted-choice.ts";
import { StateError } from "../../../state/errors.ts";

describe("a weighted choice", () => {
  test.each([
    [[1, 3], 0, 0],
    [[1, 3], 0.2499, 0],
    [[1, 3], 0.25, 1],
    [[1, 3], 0.9999, 1],
    [[0, 2, 0, 2, 0], 0, 1],
    [[0, 2, 0, 2, 0], 0.5, 3],
    [[0, 2, 0, 2, 0], 1 - 2 ** -48, 3],
  ])("of weights %j with the draw %d is %d", (weights, drawn, chosen) => {
    expect(weightedChoice(weights, drawn)).toBe(chosen);
  });

  test("falls on each index as often as its weight says, and never on one without", () => {
    const weights = [0, 1, 0, 2, 5, 0];
    const counts = Array<number>(weights.length).fill(0);
    for (let step = 0; step < 800; step += 1) counts[weightedChoice(weights, step / 800)]! += 1;
    expect(counts).toEqual([0, 100, 0, 200, 500, 0]);
  });

  test("is of an index with weight, whatever the weights and the draw", () => {
    const weights = fc
      .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 })
      .filter((list) => list.some((weight) => weight > 0));
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1 - 2 ** -48, noNaN: true }), (list, drawn) => {
        expect(list[weightedChoice(list, drawn)]).toBeGreaterThan(0);
      }),
    );
  });

  test.each([
    [[], "no weight is above 0"],
    [[0, 0], "no weight is above 0"],
    [[1, -1], "Weight 1 is -1"],
    [[Number.NaN], "Weight 0 is NaN"],
    [[Infinity], "Weight 0 is Infinity"],
  ])("of %j is refused", (weights, message) => {
    expect(() => weightedChoice(weights, 0.5)).toThrow(StateError);
    expect(() => weightedChoice(weights, 0.5)).toThrow(message);
  });
});
