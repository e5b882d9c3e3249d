import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { betaSample, dirichletSample } from "../../../policies/draws/dirichlet.ts";
import { createDraw, draw } from "../../../state/draw.ts";
import { StateError } from "../../../state/errors.ts";

const alphas = fc.array(fc.double({ min: 1e-3, max: 50, noNaN: true }), { minLength: 1, maxLength: 5 });

describe("a Dirichlet sample", () => {
  test("is a point of the simplex with 12 digits, the same for the same draws", () => {
    fc.assert(
      fc.property(alphas, fc.nat(), (list, seed) => {
        const shares = dirichletSample(list, createDraw(seed, 1, "weights"));
        expect(dirichletSample(list, createDraw(seed, 1, "weights"))).toEqual(shares);
        expect(shares).toHaveLength(list.length);
        expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
        expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-11);
        for (const share of shares) expect(Number(share.toFixed(12))).toBe(share);
      }),
    );
  });

  test("is what it was in earlier versions", () => {
    expect(dirichletSample([1, 1, 1], createDraw(1, 2, "weights"))).toMatchInlineSnapshot(`
      [
        0.084288954518,
        0.455319904613,
        0.460391140869,
      ]
    `);
    expect(betaSample({ alpha: 0.5, beta: 3 }, createDraw(1, 2, "weights"))).toMatchInlineSnapshot(`0.025764951651`);
  });

  test("of tiny parameters lies in a corner, and is never NaN", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const shares = dirichletSample([1e-6, 1e-6, 1e-6], createDraw(seed, 0, "corner"));
      expect(shares.toSorted()).toEqual([0, 0, 1]);
    }
  });

  test.each([[[1, 1, 1]], [[0.3, 0.7, 4]], [[5, 2]]])(
    "of %j has the mean and the variance of its distribution",
    (list) => {
      const total = list.reduce((sum, alpha) => sum + alpha, 0);
      const many = 1500;
      const samples = Array.from({ length: many }, (_, seed) => dirichletSample(list, createDraw(seed, 3, "moments")));
      for (const [part, alpha] of list.entries()) {
        const mean = alpha / total;
        const variance = (mean * (1 - mean)) / (total + 1);
        const found = samples.reduce((sum, shares) => sum + shares[part]!, 0) / many;
        const spread = samples.reduce((sum, shares) => sum + (shares[part]! - mean) ** 2, 0) / many;
        expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / many));
        expect(spread / variance).toBeGreaterThan(0.8);
        expect(spread / variance).toBeLessThan(1.2);
      }
    },
  );

  test.each([0, -1, Number.NaN, Infinity])("refuses the parameter %d", (alpha) => {
    expect(() => dirichletSample([1, alpha], createDraw(1, 1, "x"))).toThrow(StateError);
  });
});

describe("a Beta sample", () => {
  test("follows the distribution function, where that is known", () => {
    // Beta(1, 1) is uniform; P(Beta(2, 1) <= x) = x^2; P(Beta(1/2, 1/2) <= x) = 2/pi asin(sqrt(x)).
    const known: Array<[number, number, (x: number) => number]> = [
      [1, 1, (x) => x],
      [2, 1, (x) => x * x],
      [0.5, 0.5, (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    ];
    const many = 1500;
    for (const [alpha, beta, below] of known) {
      const samples = Array.from({ length: many }, (_, seed) =>
        betaSample({ alpha, beta }, createDraw(seed, 4, "cdf")),
      );
      const sorted = samples.toSorted((a, b) => a - b);
      const furthest = Math.max(...sorted.map((x, place) => Math.abs((place + 0.5) / many - below(x))));
      // The 99.9 % point of the Kolmogorov-Smirnov distance.
      expect(furthest).toBeLessThan(1.95 / Math.sqrt(many));
    }
  });

  test("of certain knowledge is near its mean", () => {
    expect(betaSample({ alpha: 3e9, beta: 7e9 }, createDraw(9, 9, "sure"))).toBeCloseTo(0.3, 4);
  });

  test("draws each index once, whatever the order they are asked for in", () => {
    const asked: number[] = [];
    betaSample({ alpha: 0.5, beta: 2 }, (index) => {
      asked.push(index);
      return draw(7, 1, "indices", index);
    });
    expect(new Set(asked).size).toBe(asked.length);
  });
});
