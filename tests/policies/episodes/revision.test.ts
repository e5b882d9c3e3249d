import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advantagesOf } from "../../../policies/advantages/advantages.ts";
import { revisionOf } from "../../../policies/episodes/revision.ts";

describe("what a revision was worth", () => {
  test("is that of the published vectors", () => {
    // A of the second generation is [.5, .5, -.5, .5].
    expect(revisionOf([{ before: [0, 1, 0, 0], after: [1, 1, 0, 1] }], { lambda: 0.5 })).toEqual({
      before: 0.25,
      after: 0.75,
      inter: 0.5,
      better: 0.375,
      worse: -0.125,
    });
  });

  test("is a mean over the tasks that have results before and after", () => {
    const tasks = [
      { before: [0, 0], after: [1, 1] },
      { before: [1, 1], after: [0, 1] },
      { before: [null, null], after: [1, 1] },
      { before: [1, 0], after: [null, null] },
    ];
    // Of the two compared: inter 1 and -.5, in total [.5, .5] and [-.75, .25].
    expect(revisionOf(tasks, { lambda: 0.5 })).toEqual({
      before: 0.5,
      after: 0.833333333333,
      inter: 0.25,
      better: 0.3125,
      worse: -0.1875,
    });
  });

  test("is nothing where nothing was measured", () => {
    const nothing = { before: null, after: null, inter: 0, better: 0, worse: 0 };
    expect(revisionOf([], { lambda: 0.5 })).toEqual(nothing);
    expect(revisionOf([{ before: [1], after: [null] }], { lambda: 0.5 })).toEqual({ ...nothing, before: 1 });
  });

  test("adds up to lambda inter, and for one task is what its advantages say", () => {
    const rewards = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rewards, rewards, fc.double({ min: 0, max: 2, noNaN: true }), (before, after, lambda) => {
        const { inter, better, worse } = revisionOf([{ before, after }], { lambda });
        expect(better + worse).toBeCloseTo(lambda * inter, 9);
        expect(inter).toBe(advantagesOf([before, after], { lambda })[1]!.inter);
      }),
    );
  });
});
