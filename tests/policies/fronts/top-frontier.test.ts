import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseParent, updateFrontier } from "../../../policies/fronts/top-frontier.ts";
import { StateError } from "../../../state/errors.ts";

describe("a frontier of the best", () => {
  test.each([
    ["adds whatever there is room for", [0.9], 0.1, { outcome: "added", replaced: null }],
    ["replaces the worst by what scores more", [0.5, 0.2, 0.9], 0.3, { outcome: "replaced", replaced: 1 }],
    ["turns a tie with the worst down", [0.5, 0.2, 0.9], 0.2, { outcome: "discarded", replaced: null }],
    ["lets the latest of the worst give way", [0.2, 0.5, 0.2], 0.4, { outcome: "replaced", replaced: 2 }],
    ["discards what has no score", [], null, { outcome: "discarded", replaced: null }],
  ])("%s", (_, scores, candidate, update) => {
    expect(updateFrontier(scores, candidate, 3)).toEqual(update);
  });

  test("never loses its best, and in the end holds the best of all that came", () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 4 }), (all, size) => {
        let frontier: number[] = [];
        for (const score of all) {
          const { outcome, replaced } = updateFrontier(frontier, score, size);
          if (outcome !== "discarded") frontier = [...frontier.filter((_, at) => at !== replaced), score];
        }
        const descending = (list: number[]) => list.toSorted((a, b) => b - a);
        expect(descending(frontier)).toEqual(descending(all).slice(0, size));
      }),
    );
  });

  test("without room is refused", () => {
    expect(() => updateFrontier([], 1, 0)).toThrow(StateError);
  });
});

describe("the parent", () => {
  const scores = [0.2, 0.9, 0.5, 0.9];

  test("is the best, of equals the earlier", () => {
    expect(chooseParent("best", scores, { iteration: 7, drawn: 0.9 })).toBe(1);
  });

  test("is any by the draw", () => {
    const drawn = [0, 0.26, 0.5, 0.999].map((at) => chooseParent("random", scores, { iteration: 0, drawn: at }));
    expect(drawn).toEqual([0, 1, 2, 3]);
  });

  test("comes in turn from the best to the worst", () => {
    const turns = [0, 1, 2, 3, 4].map((iteration) => chooseParent("round-robin", scores, { iteration, drawn: 0 }));
    expect(turns).toEqual([1, 3, 2, 0, 1]);
  });

  test("of an empty frontier is refused", () => {
    expect(() => chooseParent("best", [], { iteration: 0, drawn: 0 })).toThrow(StateError);
  });
});
