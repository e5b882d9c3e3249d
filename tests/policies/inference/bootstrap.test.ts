import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bootstrapUpper } from "../../../policies/inference/bootstrap.ts";

const repeat = (count: number, value: number) => Array.from({ length: count }, () => value);

/** The upper end by all resamples, one by one. */
function byResamples(differences: readonly number[], confidence: number): number {
  const { length } = differences;
  const means = Array.from({ length: length ** length }, (_, number) => {
    let sum = 0;
    for (let place = 0; place < length; place += 1)
      sum += differences[Math.floor(number / length ** place) % length] as number;
    return sum / length;
  }).toSorted((one, other) => one - other);
  return means[Math.ceil(confidence * means.length - 1e-9) - 1] as number;
}

describe("the upper end of a bootstrap interval", () => {
  test("is that of all resamples", () => {
    for (const differences of [
      [1, 0, 0, 0],
      [1, -1, 0, 0, 0],
      [0.5, -0.5, 1, 0.1],
      [-1, -1, 1, 1, 0],
    ])
      for (const confidence of [0.6, 0.9, 0.95, 0.99])
        expect(bootstrapUpper(differences, confidence)).toBeCloseTo(byResamples(differences, confidence), 9);
  });

  test("of one difference of 1 among zeros is about 3 / n at 95 %: a sum of draws is then nearly Poisson", () => {
    expect(bootstrapUpper([...repeat(99, 0), 1], 0.95)).toBeCloseTo(0.03, 9);
    expect(bootstrapUpper([...repeat(39, 0), 1], 0.95)).toBeCloseTo(0.075, 9);
  });

  test("knows nothing without a difference, and has no width where all are alike", () => {
    expect(bootstrapUpper([], 0.95)).toBe(1);
    expect(bootstrapUpper([0, 0, 0], 0.95)).toBe(0);
    expect(bootstrapUpper([-1, -1], 0.95)).toBe(-1);
  });

  test("keeps the mean of differences between two places of the grid", () => {
    const upper = bootstrapUpper(repeat(200, 0.04), 0.95);
    expect(upper).toBeGreaterThan(0.04 - 0.001);
    expect(upper).toBeLessThan(0.04 + 0.01);
  });

  test("is at least the mean for a confidence above a half, within the grid, and does not fall with confidence", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -10, max: 10 }), { minLength: 3, maxLength: 12 }), (tenths) => {
        const differences = tenths.map((value) => value / 10);
        const [low, high] = [bootstrapUpper(differences, 0.6), bootstrapUpper(differences, 0.95)];
        expect(high).toBeGreaterThanOrEqual(low);
        expect(high).toBeLessThanOrEqual(Math.max(...differences) + 1e-9);
        expect(low).toBeGreaterThanOrEqual(Math.min(...differences) - 1e-9);
      }),
      { numRuns: 40 },
    );
  });
});
