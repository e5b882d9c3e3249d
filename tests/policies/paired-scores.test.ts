import { expect, test } from "vitest";
import { pairScores } from "../../policies/paired-scores.ts";
import { shortfallOf } from "../../runs/evaluation/shortfall.ts";
import type { Evaluation } from "../../runs/evaluation/evaluate.ts";

/** Differences 1, 1, 0, 0, -1, 1, 0, 1: mean .375, standard deviation .744, t(7) = 2.365, so half the interval is .622. */
const one = [1, 1, 0, 1, 0, 1, null, 1];
const other = [0, 0, 0, 1, 1, null, 0, 0];

test("pairs scores task by task, as worked out by hand; what is missing counts 0", () => {
  const { difference, interval, better, worse } = pairScores(one, other);
  expect(difference).toBeCloseTo(0.375, 9);
  expect(interval[0]).toBeCloseTo(0.375 - 0.622, 3);
  expect(interval[1]).toBeCloseTo(0.375 + 0.622, 3);
  expect([better, worse]).toEqual([4, 1]);
});

test("equal scores differ by 0 with an interval of 0", () => {
  expect(pairScores(one, one)).toEqual({ difference: 0, interval: [0, 0], better: 0, worse: 0 });
});

const evaluation = (score: number, interval?: [number, number]) =>
  ({ score, against: interval === undefined ? null : { interval } }) as Evaluation;

test.each<[string, Parameters<typeof shortfallOf>, RegExp | null]>([
  ["a score at the least", [evaluation(0.8), { minScore: 0.8 }], null],
  ["a score below it", [evaluation(0.799), { minScore: 0.8 }], /^The score 0.799 is below 0.8/],
  ["nothing asked for", [evaluation(0), {}], null],
  ["worse by chance, perhaps", [evaluation(0.5, [-0.2, 0.01]), {}], null],
  ["worse", [evaluation(0.5, [-0.2, -0.01]), {}], /^It is worse/],
  ["as good as", [evaluation(0.5, [0, 0]), { expect: "better" }], /not shown to be better/],
  ["better", [evaluation(0.5, [0.01, 0.2]), { expect: "better" }], null],
  ["better, yet below the least", [evaluation(0.5, [0.01, 0.2]), { minScore: 0.6 }], /^The score/],
])("falls short or not: %s", (_, given, expected) => {
  const found = shortfallOf(...given);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatch(expected);
});
