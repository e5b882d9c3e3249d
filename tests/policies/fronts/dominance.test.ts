import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dominates, paretoFront } from "../../../policies/fronts/dominance.ts";
import { StateError } from "../../../state/errors.ts";

/** Vectors on a coarse grid, so that there are ties. */
const gridVectors = (sizes: readonly number[], steps = 4) =>
  fc.constantFrom(...sizes).chain((size) =>
    fc.array(fc.array(fc.integer({ min: 0, max: steps }), { minLength: size, maxLength: size }), {
      minLength: 1,
      maxLength: 7,
    }),
  );

describe("dominance", () => {
  test.each([
    [[1, 1], [1, 0], true],
    [[1, 0], [1, 0], false],
    [[1, 0], [0, 1], false],
    [[0, 0.5], [0.1, 0.5], false],
    [[0.2], [0.1], true],
  ])("of %j over %j is %j", (one, other, expected) => {
    expect(dominates(one, other)).toBe(expected);
  });

  test("is a strict order", () => {
    fc.assert(
      fc.property(gridVectors([1, 2, 3]), (vectors) => {
        const [a, b = a, c = a] = vectors as [number[], ...number[][]];
        expect(dominates(a, a)).toBe(false);
        expect(dominates(a, b) && dominates(b, a)).toBe(false);
        if (dominates(a, b) && dominates(b, c)) expect(dominates(a, c)).toBe(true);
      }),
    );
  });

  test.each([
    [[[1], [1, 2]], "Member 1 has 2 objectives and member 0 has 1"],
    [[[1], [Number.NaN]], "Objective 0 of member 1 is NaN"],
    [[[Infinity], [0]], "Objective 0 of member 0 is Infinity"],
    [[[], []], "no objectives"],
  ])("of %j is refused", (vectors, message) => {
    expect(() => dominates(vectors[0]!, vectors[1]!)).toThrow(StateError);
    expect(() => paretoFront(vectors)).toThrow(message);
  });
});

describe("a Pareto front", () => {
  test("holds what nothing dominates, and of equals the first", () => {
    expect(
      paretoFront([
        [0, 1],
        [1, 0],
        [0, 1],
        [0.5, 0.5],
        [0.4, 0.5],
      ]),
    ).toEqual([0, 1, 3]);
    expect(
      paretoFront([
        [2, 1],
        [2, 2],
      ]),
    ).toEqual([1]);
    expect(paretoFront([])).toEqual([]);
  });

  test("is its definition: nobody on it is dominated, and all others are dominated by or equal to somebody on it", () => {
    fc.assert(
      fc.property(gridVectors([1, 2, 3, 4]), (vectors) => {
        const front = paretoFront(vectors);
        for (const [member, own] of vectors.entries()) {
          const isDominated = vectors.some((other) => dominates(other, own));
          const isRepeat = vectors.slice(0, member).some((other) => String(other) === String(own));
          expect(front.includes(member)).toBe(!isDominated && !isRepeat);
          if (!front.includes(member))
            expect(front.some((on) => dominates(vectors[on]!, own) || String(vectors[on]) === String(own))).toBe(true);
        }
      }),
    );
  });
});
