import { expect, test } from "vitest";
import { pairScores } from "../../../policies/inference/paired-scores.ts";
import { shortfallOf } from "../../../runs/evaluation/shortfall.ts";
import type { Evaluation } from "../../../runs/evaluation/evaluate.ts";

/** Differences 1, 1, 0, 0, -1, 1, 0, 1: mean .375. With 1.96^2 / 2 pairs more on either side and 1.96^2 tied ones: 3 / 15.683 = .191 ± .359. */
const one = [1, 1, 0, null, 1, 0, 1, 0, null, 1];
const other = [0, 0, 0, 1, 1, 1, 0, 0, null, 0];

test("pairs scores task by task, as worked out by hand; a pair with a missing side does not count", () => {
  const { pairs, difference, interval, better, worse, shown } = pairScores(one, other);
  expect(pairs).toBe(8);
  expect(difference).toBeCloseTo(0.375, 9);
  expect(interval?.[0]).toBeCloseTo(-0.1681, 3);
  expect(interval?.[1]).toBeCloseTo(0.5506, 3);
  // 6 of the 32 signs of 5 pairs have 4 or more gains.
  expect([better, worse, shown]).toEqual([4, 1, null]);
});

test.each([
  [6, 0, "better"],
  [5, 0, null],
  [0, 6, "worse"],
  [9, 1, "better"],
  [7, 1, null],
])("%i gains and %i losses show: %s, as the binomial tail is below .025 or not", (gains, losses, shown) => {
  const values = [...Array<number>(gains).fill(1), ...Array<number>(losses).fill(0)];
  expect(
    pairScores(
      values,
      values.map((value) => 1 - value),
    ).shown,
  ).toBe(shown);
});

test("equal scores differ by 0 and show nothing; without a pair there is no interval", () => {
  const { interval, ...same } = pairScores(one, one);
  expect(same).toEqual({ pairs: 8, difference: 0, better: 0, worse: 0, shown: null });
  expect(interval?.[0]).toBeCloseTo(-(interval?.[1] as number), 9);
  const none = { pairs: 0, difference: null, interval: null, better: 0, worse: 0, shown: null };
  expect(pairScores([null], [1])).toEqual(none);
});

type Shown = NonNullable<Evaluation["against"]>["shown"];

const evaluation = (score: number | null, shown?: Shown, missing = 0) =>
  ({
    score,
    tasks: 10,
    missing,
    against: shown === undefined ? null : { shown, better: 4, worse: 2, pairs: 10 - missing },
  }) as Evaluation;

test.each<[string, Parameters<typeof shortfallOf>, RegExp | null]>([
  ["a score at the least", [evaluation(0.8), { minScore: 0.8 }], null],
  ["a score below it", [evaluation(0.799), { minScore: 0.8 }], /^The score 0.799 is below the required minimum of 0.8/],
  ["nothing asked for", [evaluation(0), {}], null],
  ["worse by chance, perhaps", [evaluation(0.5, null), {}], null],
  ["worse", [evaluation(0.5, "worse"), {}], /^It is worse/],
  ["as good as", [evaluation(0.5, null), { expect: "better" }], /not shown to be better/],
  ["better", [evaluation(0.5, "better"), { expect: "better" }], null],
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
    [evaluation(1, "better", 4), { expect: "better" }],
    /^4 of 10 tasks have no result for both skills/,
  ],
  ["better, yet below the least", [evaluation(0.5, "better"), { minScore: 0.6 }], /^The score/],
])("falls short or not: %s", (_, given, expected) => {
  const found = shortfallOf(...given);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatch(expected);
});
