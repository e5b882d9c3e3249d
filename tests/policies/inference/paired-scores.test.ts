import { expect, test } from "vitest";
import { pairScores } from "../../../policies/inference/paired-scores.ts";
import { shortfallOf } from "../../../runs/evaluation/shortfall.ts";
import type { Evaluation } from "../../../runs/evaluation/evaluate.ts";

/** Differences 1, 1, 0, 0, -1, 1, 0, 1: mean .375, standard deviation .744, t(7) = 2.365, so half the interval is .622. */
const one = [1, 1, 0, null, 1, 0, 1, 0, null, 1];
const other = [0, 0, 0, 1, 1, 1, 0, 0, null, 0];

test("pairs scores task by task, as worked out by hand; a pair with a missing side does not count", () => {
  const { pairs, difference, interval, better, worse } = pairScores(one, other);
  expect(pairs).toBe(8);
  expect(difference).toBeCloseTo(0.375, 9);
  expect(interval?.[0]).toBeCloseTo(0.375 - 0.622, 3);
  expect(interval?.[1]).toBeCloseTo(0.375 + 0.622, 3);
  expect([better, worse]).toEqual([4, 1]);
});

test("equal scores differ by 0 with an interval of 0; below two pairs there is none", () => {
  expect(pairScores(one, one)).toEqual({ pairs: 8, difference: 0, interval: [0, 0], better: 0, worse: 0 });
  expect(pairScores([1, null], [0, 1])).toEqual({ pairs: 1, difference: 1, interval: null, better: 1, worse: 0 });
  expect(pairScores([null], [1])).toEqual({ pairs: 0, difference: null, interval: null, better: 0, worse: 0 });
});

const evaluation = (score: number | null, interval?: [number, number], missing = 0) =>
  ({
    score,
    tasks: 10,
    missing,
    against: interval === undefined ? null : { interval, pairs: 10 - missing },
  }) as Evaluation;

test.each<[string, Parameters<typeof shortfallOf>, RegExp | null]>([
  ["a score at the least", [evaluation(0.8), { minScore: 0.8 }], null],
  ["a score below it", [evaluation(0.799), { minScore: 0.8 }], /^The score 0.799 is below the required minimum of 0.8/],
  ["nothing asked for", [evaluation(0), {}], null],
  ["worse by chance, perhaps", [evaluation(0.5, [-0.2, 0.01]), {}], null],
  ["worse", [evaluation(0.5, [-0.2, -0.01]), {}], /^It is worse/],
  ["as good as", [evaluation(0.5, [0, 0]), { expect: "better" }], /not shown to be better/],
  ["better", [evaluation(0.5, [0.01, 0.2]), { expect: "better" }], null],
  ["a score with some missing", [evaluation(0.8, undefined, 2), { minScore: 0.8 }], null],
  [
    "too many missing",
    [evaluation(1, undefined, 3), { minScore: 0.8 }],
    /^3 of 10 tasks have no result, more than the allowed share of 0.2/,
  ],
  ["too many missing, of no matter", [evaluation(1, undefined, 3), {}], null],
  ["as many missing as allowed", [evaluation(1, undefined, 3), { minScore: 0.8, maxMissing: 0.3 }], null],
  [
    "all missing, whatever is allowed",
    [evaluation(null, undefined, 10), { minScore: 0, maxMissing: 1 }],
    /^10 of 10 tasks have no result/,
  ],
  [
    "too few pairs",
    [evaluation(1, [0.5, 1], 4), { expect: "better" }],
    /^4 of 10 tasks have no result for both skills/,
  ],
  ["better, yet below the least", [evaluation(0.5, [0.01, 0.2]), { minScore: 0.6 }], /^The score/],
])("falls short or not: %s", (_, given, expected) => {
  const found = shortfallOf(...given);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatch(expected);
});
