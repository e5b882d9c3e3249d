import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countEvidence, lacksResults, meanScore } from "../../policies/scores.ts";
import { headSelection } from "../../policies/selection.ts";
import { constantEdits } from "../../policies/edit-budget.ts";
import { validationTasks } from "../../policies/validation-tasks.ts";
import { evidenceOf } from "../support/gate/evidence.ts";
import { hashOf, openMemberOf, settingsOf } from "./records.ts";

describe("the mean score", () => {
  test("is over the scores that are there, and null where there are none", () => {
    expect(meanScore([])).toBeNull();
    expect(meanScore([null, null])).toBeNull();
    expect(meanScore([1, 0.5, null, 0])).toBe(0.5);
  });

  test("is in 0..1, and does not change with what is missing", () => {
    const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(scores, fc.nat(5), (values, missing) => {
        const mean = meanScore(values)!;
        expect(mean).toBeGreaterThanOrEqual(0);
        expect(mean).toBeLessThanOrEqual(1);
        expect(meanScore([...values, ...Array<null>(missing).fill(null)])).toBe(mean);
      }),
    );
  });
});

describe("evidence in counts", () => {
  test("has the tasks the candidate does better and worse on, among those it was asked", () => {
    expect(countEvidence(evidenceOf([1, 0, 1, 0.4], [0, 1, 1, 0.5, 0, 1]))).toEqual({
      asked: 4,
      planned: 6,
      fixed: 1,
      broken: 2,
      missing: 0,
    });
    expect(countEvidence(evidenceOf([], [0, 1]))).toMatchObject({ asked: 0, planned: 2, fixed: 0, broken: 0 });
  });

  test("has neither a repair nor a regression where a side is missing, whichever it is", () => {
    const counts = { asked: 4, fixed: 0, broken: 0 };
    expect(countEvidence(evidenceOf([1, 0.5, null, null], [null, null, 0, null, 1]))).toMatchObject({
      ...counts,
      missing: 4,
    });
    expect(countEvidence(evidenceOf([null, null, 0, null], [1, 0.5, null, null, null]))).toMatchObject({
      ...counts,
      missing: 5,
    });
  });

  test("tells an undecided verdict with missing results apart from other ones", () => {
    const counts = countEvidence(evidenceOf([null], [1]));
    const verdict = { accepted: false, decided: false, reason: "", delta: 0 };
    expect(lacksResults(verdict, counts)).toBe(true);
    expect(lacksResults({ ...verdict, decided: true }, counts)).toBe(false);
    expect(lacksResults(verdict, { ...counts, missing: 0 })).toBe(false);
    expect(lacksResults(verdict, null)).toBe(false);
  });
});

describe("the plain policies", () => {
  test("select the head as parent, and allow the same number of edits in every generation", () => {
    const draw = () => 0.5;
    const settings = settingsOf({ edits: 3 });
    const archive = {
      members: [hashOf("other"), hashOf("head")].map((program) => openMemberOf(program)),
      head: hashOf("head"),
    };
    expect(headSelection.decide({ archive, generation: 1, settings }, null, draw)).toEqual({
      parents: [hashOf("head")],
      ancestor: null,
    });
    expect([1, 2, 50].map((generation) => constantEdits.decide({ generation, settings, train: 10 }, null))).toEqual([
      3, 3, 3,
    ]);
  });

  test("use the same validation tasks for every seed, a smaller set being the beginning of a larger one", () => {
    const all = validationTasks(settingsOf({ seed: 1 }), 50);
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(validationTasks(settingsOf({ seed: 9, validation: 10 }), 50)).toEqual(all.slice(0, 10));
    expect(validationTasks(settingsOf({ validation: 100 }), 50)).toEqual(all);
  });
});
