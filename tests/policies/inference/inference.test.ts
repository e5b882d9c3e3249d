import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundsOfDifference, boundsOfMeans, detectableDifference } from "../../../policies/inference/difference.ts";
import { normalCdf, normalQuantile } from "../../../policies/inference/normal.ts";
import { signFlipP } from "../../../policies/inference/sign-flip.ts";
import { createDraw } from "../../../state/draw.ts";

const ones = (won: number, lost: number, tied = 0) => [
  ...Array<number>(won).fill(1),
  ...Array<number>(lost).fill(-1),
  ...Array<number>(tied).fill(0),
];

const scores = (right: number, wrong: number) => [...Array<number>(right).fill(1), ...Array<number>(wrong).fill(0)];

describe("the sign-flip test", () => {
  test.each([
    [6, 1, 8 / 128],
    [8, 1, 10 / 512],
    [0, 0, 1],
    [0, 5, 1],
    [5, 0, 1 / 32],
    [3, 3, 42 / 64],
  ])("of %i repairs and %i regressions is McNemar's exact test: %f", (won, lost, p) => {
    expect(signFlipP(ones(won, lost, 40))).toBeCloseTo(p, 12);
  });

  test("of graded differences counts all signs, as a list of them does", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 9 }), (steps) => {
        const sum = steps.reduce((total, step) => total + step, 0);
        let tail = 0;
        for (let signs = 0; signs < 2 ** steps.length; signs += 1) {
          const flipped = steps.reduce(
            (total, step, at) => total + ((signs >> at) & 1 ? Math.abs(step) : -Math.abs(step)),
            0,
          );
          if (flipped >= sum) tail += 1;
        }
        expect(signFlipP(steps.map((step) => step / 6))).toBeCloseTo(tail / 2 ** steps.length, 9);
      }),
    );
  });

  test("off any coarse grid it is close to it, and rejects symmetric noise no more often than its level", () => {
    expect(signFlipP([0.3141, 0.5771, -0.0271, 0.2718])).toBeCloseTo(2 / 16, 12);
    let found = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      const draw = createDraw(seed, 0, "noise");
      const differences = Array.from({ length: 30 }, (_, at) => 2 * draw(at) - 1);
      if (signFlipP(differences) <= 0.1) found += 1;
    }
    expect(found / 400).toBeLessThan(0.1 + 3 * Math.sqrt((0.1 * 0.9) / 400));
  });
});

test("the normal distribution has the values of the tables, and its quantiles turn it round", () => {
  for (const [z, p] of [
    [0, 0.5],
    [1, 0.841344746],
    [1.959963985, 0.975],
    [2.326347874, 0.99],
    [-4, 3.16712418e-5],
  ] as const)
    expect(normalCdf(z)).toBeCloseTo(p, 9);
  fc.assert(
    fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (z) => {
      expect(normalCdf(z) + normalCdf(-z)).toBeCloseTo(1, 12);
      if (Math.abs(z) < 5) expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, 6);
    }),
  );
});

describe("the bounds of a mean difference", () => {
  test("are as worked out by hand", () => {
    // b = 8, c = 1, n = 20, z(.95) = 1.645, z^2 = 2.7055: mean 7 / 25.411, second moment (9 + 2.7055) / 25.411.
    const mean = 7 / 25.411087;
    const half = 1.6448536 * Math.sqrt((11.7055435 / 25.411087 - mean ** 2) / 25.411087);
    const [low, high] = boundsOfDifference(ones(8, 1, 11), 0.95);
    expect(low).toBeCloseTo(mean - half, 6);
    expect(high).toBeCloseTo(mean + half, 6);
  });

  test("have a width where all pairs are tied, say nothing without a pair, and stay within -1..1", () => {
    const [low, high] = boundsOfDifference(ones(0, 0, 20), 0.95);
    expect(high).toBeGreaterThan(0.05);
    expect(low).toBeCloseTo(-high, 12);
    expect(boundsOfDifference([], 0.95)).toEqual([-1, 1]);
    expect(boundsOfDifference([1, 1, 1], 0.9)[1]).toBeLessThanOrEqual(1);
  });

  test("hold as often as they say, for few and many discordant pairs", () => {
    for (const [won, lost] of [
      [0.05, 0.05],
      [0.2, 0.1],
      [0.03, 0],
    ] as const) {
      let held = 0;
      for (let seed = 0; seed < 300; seed += 1) {
        const draw = createDraw(seed, 0, `pairs ${won}`);
        const pairs = Array.from({ length: 60 }, (_, at) => (draw(at) < won ? 1 : draw(at) > 1 - lost ? -1 : 0));
        const [low, high] = boundsOfDifference(pairs, 0.95);
        if (low <= won - lost && high >= won - lost) held += 1;
      }
      expect(held / 300).toBeGreaterThan(0.87);
    }
  });
});

describe("the bounds of a difference of means", () => {
  test("are as worked out by hand", () => {
    // 7 of 10 and 3 of 10: (8 - 4) / 12, with a variance of 2 * (8 / 12 * 4 / 12) / 12.
    const [low, high] = boundsOfMeans(scores(7, 3), scores(3, 7), 0.975);
    expect([low, high]).toEqual([expect.closeTo(-0.043866, 5), expect.closeTo(0.710532, 5)]);
  });

  test("say nothing of an empty sample, stay within -1..1, and turn with the samples", () => {
    expect(boundsOfMeans([], scores(3, 3), 0.9)).toEqual([-1, 1]);
    expect(boundsOfMeans(scores(3, 3), [], 0.9)).toEqual([-1, 1]);
    expect(boundsOfMeans(scores(1, 0), scores(0, 1), 0.999)[1]).toBe(1);
    const [low, high] = boundsOfMeans(scores(5, 2), scores(20, 60), 0.9);
    expect(boundsOfMeans(scores(20, 60), scores(5, 2), 0.9)).toEqual([-high, -low]);
  });

  test("hold as often as they say, for samples of few and many", () => {
    for (const [one, other] of [
      [0.5, 0.5],
      [0.9, 0.6],
      [0.1, 0.05],
    ] as const) {
      let held = 0;
      for (let seed = 0; seed < 400; seed += 1) {
        const draw = createDraw(seed, 0, `shares ${one}`);
        const few = Array.from({ length: 8 }, (_, at) => (draw(at) < one ? 1 : 0));
        const many = Array.from({ length: 60 }, (_, at) => (draw(8 + at) < other ? 1 : 0));
        if (boundsOfMeans(few, many, 0.9)[0] <= one - other) held += 1;
      }
      expect(held / 400).toBeGreaterThan(0.86);
    }
  });
});

test.each([
  [17, 0.1, 0.215],
  [50, 0.3, 0.217],
  [100, 0.1, 0.089],
  [140, 0.2, 0.106],
  [1000, 0.3, 0.0485],
])("of %i tasks with discordance %f a difference of %f is found", (pairs, spread, least) => {
  expect(detectableDifference({ spread, pairs })).toBeCloseTo(least, 3);
  expect(detectableDifference({ spread, pairs: 0 })).toBeNull();
  expect(detectableDifference({ spread, pairs, alpha: 0.05 })).toBeLessThan(least);
});
