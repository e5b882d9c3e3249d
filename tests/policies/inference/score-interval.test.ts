import { expect, test } from "vitest";
import { scoredMean } from "../../../policies/inference/score-interval.ts";

/** Newcombe (1998), table I: Wilson's score interval without continuity correction. */
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])("%i of %i right has the published interval", (right, tasks, low, high) => {
  const scored = scoredMean(right / tasks, tasks);
  expect(scored.low).toBeCloseTo(low, 4);
  expect(scored.high).toBeCloseTo(high, 4);
});

test("without tasks nothing is known", () => {
  expect(scoredMean(0, 0)).toMatchObject({ low: 0, high: 1 });
});
