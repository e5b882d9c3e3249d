import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meanScore, repairsAndRegressions } from "../../policies/scores.ts";
import { headSelection } from "../../policies/selection.ts";
import { constantEdits } from "../../policies/edit-budget.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import type { Column, Evidence } from "../../state/evidence.ts";
import { hashOf, settingsOf } from "./records.ts";

const evidenceOf = (candidate: Column["values"], other: Column["values"]): Evidence => ({
  suite: "validation",
  against: "incumbent",
  order: "any",
  columns: { task: other.map((_, index) => index), candidate, other },
  decidedAt: candidate.length,
  tokens: { candidate: 10, other: 10 },
  gain: null,
});

describe("the mean score", () => {
  test("is null without scores, and counts a missing one as 0", () => {
    expect(meanScore([])).toBeNull();
    expect(meanScore([1, 0.5, null, 0.5])).toBe(0.5);
    expect(meanScore([null])).toBe(0);
  });

  test("is in 0..1", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1 }), (values) => {
        const mean = meanScore(values)!;
        return mean >= 0 && mean <= 1;
      }),
    );
  });
});

describe("repairs and regressions", () => {
  test("are the tasks the candidate does better and worse on, among those it was asked", () => {
    expect(repairsAndRegressions(evidenceOf([1, 0, 1, 0.4], [0, 1, 1, 0.5, 0, 1]))).toEqual({ fixed: 1, broken: 2 });
    expect(repairsAndRegressions(evidenceOf([], [0, 1]))).toEqual({ fixed: 0, broken: 0 });
  });

  test("claim no repair where something is missing", () => {
    expect(repairsAndRegressions(evidenceOf([1, 0.5, null, null], [null, null, 0, 1]))).toEqual({
      fixed: 0,
      broken: 2,
    });
  });
});

describe("the plain policies", () => {
  test("select the head as parent, and allow the same number of edits in every generation", () => {
    const draw = () => 0.5;
    expect(headSelection.decide({ head: hashOf("head"), best: hashOf("best") }, null, draw)).toBe(hashOf("head"));
    const settings = settingsOf({ edits: 3 });
    expect([1, 2, 50].map((generation) => constantEdits.decide({ generation, settings }, null))).toEqual([3, 3, 3]);
  });

  test("use the same validation tasks for every seed, a smaller set being the beginning of a larger one", () => {
    const all = validationTasks(settingsOf({ seed: 1 }), 50);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(validationTasks(settingsOf({ seed: 9, validation: 10 }), 50)).toEqual(all.slice(0, 10));
    expect(validationTasks(settingsOf({ validation: 100 }), 50)).toEqual(all);
  });
});
