import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chebyshev, nearestToIdeal } from "../../../policies/fronts/chebyshev.ts";
import { dominates } from "../../../policies/fronts/dominance.ts";
import { StateError } from "../../../state/errors.ts";

describe("a Chebyshev distance", () => {
  test.each([
    [[1, 1, 1], { weights: [0.2, 0.3, 0.5] }, 0],
    [[0.5, 1, 0.8], { weights: [0.5, 0.25, 0.25] }, 0.25],
    [[0.5, 1, 0.6], { weights: [0.25, 0.25, 0.5] }, 0.2],
    [[0.5, 0.5], { weights: [0.5, 0.5], augmentation: 0.05 }, 0.275],
    [[0.5, 0.5], { weights: [1, 0], ideal: [0.75, 2] }, 0.25],
  ])("of %j by %j is %d", (vector, scalarization, distance) => {
    expect(chebyshev(vector, scalarization)).toBeCloseTo(distance, 12);
  });

  test("chooses the nearest member, the first of equals; the sum parts what is alike in the maximum", () => {
    const vectors = [
      [0.5, 0.6],
      [0.5, 0.9],
      [0.4, 1],
    ];
    expect(nearestToIdeal(vectors, { weights: [0.5, 0.5] })).toBe(0);
    expect(nearestToIdeal(vectors, { weights: [0.5, 0.5], augmentation: 0.05 })).toBe(1);
    expect(nearestToIdeal(vectors, { weights: [0.1, 0.9] })).toBe(2);
  });

  test("reaches a member in a dent of the front, which no weighted sum prefers", () => {
    const vectors = [
      [1, 0],
      [0.4, 0.4],
      [0, 1],
    ];
    expect(nearestToIdeal(vectors, { weights: [0.5, 0.5] })).toBe(1);
    for (let weight = 0; weight <= 1; weight += 0.05) {
      const sums = vectors.map(([x, y]) => weight * x! + (1 - weight) * y!);
      expect(sums[1]).toBeLessThan(Math.max(...sums));
    }
  });

  test("never grows where a vector gets better, and with the sum shrinks", () => {
    const vector = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 3, maxLength: 3 });
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(vector, vector, weights, (one, other, own) => {
        const [a, b] = [one, other].map((list) => list.map((value) => value / 8)) as [number[], number[]];
        if (!dominates(a, b)) return;
        expect(chebyshev(a, { weights: own })).toBeLessThanOrEqual(chebyshev(b, { weights: own }));
        const augmentation = 0.05;
        expect(chebyshev(a, { weights: own, augmentation })).toBeLessThan(chebyshev(b, { weights: own, augmentation }));
      }),
    );
  });

  test("of weights that do not fit, or of no member, is refused", () => {
    expect(() => chebyshev([1, 1], { weights: [1] })).toThrow(StateError);
    expect(() => chebyshev([1], { weights: [-1] })).toThrow("weights are from 0 on");
    expect(() => nearestToIdeal([], { weights: [1] })).toThrow(StateError);
  });
});
