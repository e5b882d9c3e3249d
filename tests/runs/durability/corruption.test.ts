import { expect, test } from "vitest";
import { recordMoments, tryCorruption } from "../../support/durability/corruption.ts";

test("a damaged or lost record of a run is told or refused, never taken for a good one", async () => {
  const recorded = await recordMoments([40, 90, 140]);
  const trials = [];
  for (let trial = 0; trial < 40; trial += 1) trials.push(await tryCorruption(trial, recorded));
  const bad = trials.filter(({ outcome, isDetected }) =>
    ["silent", "crashed"].includes(outcome) ? true : isDetected === false,
  );
  expect(bad).toEqual([]);
  const outcomes = new Set(trials.map(({ outcome }) => outcome));
  expect(outcomes).toContain("same result");
  expect(outcomes).toContain("told");
});
