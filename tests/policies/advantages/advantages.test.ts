import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { advantagesOf, contrastPair, episodeEnd } from "../../../policies/advantages/advantages.ts";

const sumOf = (list: ReadonlyArray<number | null>) => list.reduce<number>((sum, value) => sum + (value ?? 0), 0);

describe("advantages", () => {
  test("are those of the published vectors", () => {
    const [first, second] = advantagesOf(
      [
        [0, 1, 0, 0],
        [1, 1, 0, 1],
      ],
      { lambda: 0.5 },
    );
    expect(first).toEqual({
      mean: 0.25,
      intra: [-0.25, 0.75, -0.25, -0.25],
      inter: 0,
      total: [-0.25, 0.75, -0.25, -0.25],
    });
    expect(second).toEqual({ mean: 0.75, intra: [0.25, 0.25, -0.75, 0.25], inter: 0.5, total: [0.5, 0.5, -0.5, 0.5] });
  });

  test("leave out what is missing, and compare with the last generation that has a result", () => {
    expect(
      advantagesOf(
        [
          [1, null, 0],
          [null, null],
          [1, null],
        ],
        { lambda: 1 },
      ),
    ).toEqual([
      { mean: 0.5, intra: [0.5, null, -0.5], inter: 0, total: [0.5, null, -0.5] },
      { mean: null, intra: [null, null], inter: 0, total: [null, null] },
      { mean: 1, intra: [0, null], inter: 0.5, total: [0.5, null] },
    ]);
    expect(advantagesOf([], { lambda: 1 })).toEqual([]);
  });

  test("add up to nothing within a generation, to lambda inter in total, and between generations to all that was gained", () => {
    const reward = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null, freq: 5 });
    const generations = fc.array(fc.array(reward, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(generations, fc.double({ min: 0, max: 2, noNaN: true }), (rewards, lambda) => {
        const all = advantagesOf(rewards, { lambda });
        for (const { intra, inter, total } of all) {
          const known = total.filter((value) => value !== null).length;
          expect(Math.abs(sumOf(intra))).toBeLessThan(1e-10);
          expect(Math.abs(sumOf(total) - known * lambda * inter)).toBeLessThan(1e-10);
        }
        const means = all.flatMap(({ mean }) => (mean === null ? [] : [mean]));
        const gained = means.length === 0 ? 0 : means.at(-1)! - means[0]!;
        expect(Math.abs(sumOf(all.map(({ inter }) => inter)) - gained)).toBeLessThan(1e-10);
      }),
    );
  });
});

describe("a contrast pair", () => {
  test.each([
    [[0, 1, 0, 1], { best: 1, worst: 0 }],
    [[null, 0.5, 0.25, null], { best: 1, worst: 2 }],
    [[1, 1], null],
    [[1, null], null],
    [[null], null],
    [[], null],
  ])("of %j is %j", (rewards, pair) => {
    expect(contrastPair(rewards)).toEqual(pair);
  });
});

describe("an episode", () => {
  test.each([
    ["is over when all is solved", [[0], [1, 1]], "solved"],
    ["is solved at once", [[1, 1]], "solved"],
    ["goes on after one revision that did not help", [[0.5], [0.5]], null],
    ["is over after two of them", [[0.5], [0.5], [0.25]], "no gain"],
    ["goes on when one of the last two helped", [[0.5], [0.25], [0.5]], null],
    ["goes on at its start", [], null],
    ["does not end by what is missing", [[0.5], [0.5], [null]], null],
    ["ends by what is not missing", [[0.5], [0.5], [null], [0.5]], "no gain"],
  ])("%s", (_, rewards, end) => {
    expect(episodeEnd(advantagesOf(rewards, { lambda: 0.5 }))).toBe(end);
  });
});
