import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDraw, draw, permutation } from "../../state/draw.ts";

const upTo = (size: number) => Array.from({ length: size }, (_, index) => index);

describe("a draw", () => {
  test("is the same for the same seed, generation, purpose and index, in any order of asking", () => {
    const forwards = upTo(20).map(createDraw(7, 3, "parent"));
    const backwards = upTo(20)
      .toReversed()
      .map(createDraw(7, 3, "parent"))
      .toReversed();
    expect(backwards).toEqual(forwards);
    expect(draw(7, 3, "parent", 4)).toBe(forwards[4]);
  });

  test("is what it was in earlier versions, so that a run resumed by a newer one goes on", () => {
    expect([draw(1, 0, "train-order", 0), draw(1, 2, "propose", 3)]).toEqual([
      0.46157218653076626, 0.47224746215273683,
    ]);
  });

  test("differs with seed, generation, purpose and index", () => {
    const values = [
      draw(1, 1, "a", 1),
      draw(2, 1, "a", 1),
      draw(1, 2, "a", 1),
      draw(1, 1, "b", 1),
      draw(1, 1, "a", 2),
      draw(11, 1, "a", 1),
      draw(1, 11, "a", 1),
    ];
    expect(new Set(values).size).toBe(values.length);
  });

  test("is in [0, 1)", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string(), fc.nat(), (seed, generation, purpose, index) => {
        const value = draw(seed, generation, purpose, index);
        return value >= 0 && value < 1;
      }),
    );
  });

  test("is spread evenly over indices, generations and seeds", () => {
    const ways = [
      (index: number) => draw(1, 1, "even", index),
      (index: number) => draw(1, index, "even", 1),
      (index: number) => draw(index, 1, "even", 1),
    ];
    for (const way of ways) {
      const counts = Array<number>(16).fill(0);
      for (const index of upTo(16_384)) counts[Math.floor(way(index) * 16)]! += 1;
      const chiSquare = counts.reduce((sum, count) => sum + (count - 1024) ** 2 / 1024, 0);
      // The 99.9 % point of chi-square with 15 degrees of freedom.
      expect(chiSquare).toBeLessThan(37.7);
    }
  });
});

describe("a permutation", () => {
  test("holds every place once, whatever the draws", () => {
    const draws = fc.func(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    fc.assert(
      fc.property(fc.nat(60), draws, (size, drawAt) => {
        expect(permutation(size, drawAt).toSorted((a, b) => a - b)).toEqual(upTo(size));
      }),
    );
  });

  test("puts every element at every place about equally often", () => {
    const counts = upTo(4).map(() => Array<number>(4).fill(0));
    for (const seed of upTo(800)) {
      permutation(4, createDraw(seed, 0, "even")).forEach((element, place) => (counts[place]![element]! += 1));
    }
    for (const count of counts.flat()) expect(Math.abs(count - 200)).toBeLessThan(55);
  });
});
