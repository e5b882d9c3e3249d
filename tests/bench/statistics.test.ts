import { describe, expect, test } from "vitest";
import { areaUnderFront, bestWithin, frontOf } from "../../bench/front.ts";
import { median, pairedDifference, upperBound } from "../../bench/statistics.ts";
import { meanAndInterval } from "../../policies/interval.ts";
import { showDifference, showEstimate } from "../../bench/table.ts";

describe("mean and interval", () => {
  test("is Student's t at 95 %: 1, 2, 3 give 2 ± 4.303 / sqrt(3)", () => {
    const { mean, half } = meanAndInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(half).toBeCloseTo(4.303 / Math.sqrt(3), 10);
  });

  test("has 9 degrees of freedom for ten values", () => {
    const { half } = meanAndInterval([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(half).toBeCloseTo((2.262 * Math.sqrt(2.5 / 9)) / Math.sqrt(10), 10);
  });

  test("has no interval below two values, and is then shown without", () => {
    expect(meanAndInterval([0.5])).toEqual({ mean: 0.5, half: Number.NaN });
    expect(showEstimate(meanAndInterval([0.5]))).toBe("0.500");
    expect(showEstimate(meanAndInterval([]))).toBe("-");
    expect(showEstimate(meanAndInterval([0.5, 0.5]))).toBe("0.500 ± 0.000");
  });
});

describe("paired difference", () => {
  const left = new Map([
    [1, 0.8],
    [2, 0.7],
    [3, 0.9],
    [4, 0.4],
  ]);
  const right = new Map([
    [3, 0.78],
    [1, 0.7],
    [2, 0.59],
  ]);

  test("pairs by seed, whatever the order, and leaves out seeds that one side lacks", () => {
    const difference = pairedDifference(left, right);
    expect(difference.pairs).toBe(3);
    expect(difference.mean).toBeCloseTo(0.11, 10);
    expect(difference.half).toBeCloseTo((4.303 * 0.01) / Math.sqrt(3), 10);
    expect(difference.isSeparable).toBe(true);
    expect(showDifference(difference)).toBe("+0.110 ± 0.025");
  });

  test("is not separable where the interval holds 0, with a single pair, or with none", () => {
    const even = pairedDifference(left, new Map([...left].map(([seed, value]) => [seed, value + (seed % 2) - 0.5])));
    expect(even.isSeparable).toBe(false);
    expect(showDifference(even)).toMatch(/\(not separable\)$/);
    expect(pairedDifference(left, new Map([[1, 0]])).isSeparable).toBe(false);
    expect(showDifference(pairedDifference(left, new Map()))).toBe("-");
  });
});

test("the median of an even number of values is the mean of the middle two", () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
});

describe("the front of accuracy against length", () => {
  const programs = [
    { words: 300, score: 0.6 },
    { words: 100, score: 0.5 },
    { words: 200, score: 0.4 },
    { words: 100, score: 0.3 },
  ];

  test("holds what no other program beats in both", () => {
    expect(frontOf(programs)).toEqual([
      { words: 100, score: 0.5 },
      { words: 300, score: 0.6 },
    ]);
  });

  test("gives the best score within a length, and the area below it", () => {
    expect([99, 100, 250, 300].map((words) => bestWithin(programs, words))).toEqual([0, 0.5, 0.5, 0.6]);
    expect(areaUnderFront(programs, 400)).toBeCloseTo((200 * 0.5 + 100 * 0.6) / 400, 10);
    expect(areaUnderFront([], 400)).toBe(0);
  });
});

test.each([
  [0, 93, 0.0317],
  [0, 100, 0.0295],
  [1, 20, 0.2161],
  [3, 200, 0.0383],
  [5, 5, 1],
])("%i of %i is at most a share of %f", (count, all, share) => {
  expect(upperBound(count, all)).toBeCloseTo(share, 3);
});
