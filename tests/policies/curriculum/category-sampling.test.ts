import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawCategories, noOffsets, offsetsAfter } from "../../../policies/curriculum/categories.ts";
import { categorySampling } from "../../../policies/curriculum/category-sampling.ts";
import { learnAll, recall } from "../../../policies/policy.ts";
import type { Json } from "../../../state/json.ts";
import { recordOf, settingsOf } from "../records.ts";

function batches(count: number, categories: readonly string[], { of = 3, batch = 6, seed = 1 } = {}): number[][] {
  const sampling = categorySampling({ key: "kind", categories: of });
  const settings = settingsOf({ batch, seed });
  let memories: Record<string, Json> = {};
  return Array.from({ length: count }, (_, index) => {
    const input = { size: categories.length, generation: index + 1, settings, categories };
    const drawn = sampling.decide(input, recall(sampling, memories));
    const record = recordOf({ batch: { tasks: drawn.length, failed: 0, missing: 0, score: null } });
    memories = learnAll([sampling], memories, record, settings);
    return drawn;
  });
}

describe("sampling by category", () => {
  const kindsOf = (drawn: number[][], categories: readonly string[]) =>
    drawn.map((tasks) => tasks.map((task) => categories[task] as string).join(""));

  test("draws two tasks each of three categories, in turn, and goes on where it was", () => {
    const categories = ["a", "a", "a", "b", "b", "c", "c", "c", "d", "d"];
    const drawn = batches(3, categories);
    expect(kindsOf(drawn, categories)).toEqual(["aabbcc", "ddaabb", "ccddaa"]);
    const ofA = drawn.flat().filter((task) => task < 3);
    expect(ofA.slice(0, 3).toSorted()).toEqual([0, 1, 2]);
    expect(ofA.slice(3)).toEqual(ofA.slice(0, 3));
  });

  test("fills a batch from fewer categories, and takes tasks without one for a category of their own", () => {
    const drawn = batches(2, ["", "", "", "", "", "", "", ""]).flat();
    expect(drawn.slice(0, 8).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(drawn.slice(8)).toEqual(drawn.slice(0, 4));
    const categories = ["a", "", "a", "", "a", "", "a"];
    expect(kindsOf(batches(1, categories), categories)).toEqual(["aaa"]);
  });

  test("draws in an order by the seed", () => {
    const categories = Array.from({ length: 40 }, (_, task) => (task % 2 === 0 ? "a" : "b"));
    const orders = [1, 2, 3].map((seed) => JSON.stringify(batches(2, categories, { seed })));
    expect(new Set(orders).size).toBe(3);
    expect(batches(2, categories, { seed: 1 })).toEqual(batches(2, categories, { seed: 1 }));
  });

  test("draws one task of as many categories as a small batch holds", () => {
    expect(batches(2, ["a", "b", "c", "d"], { batch: 2 })).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test("works out where it is after any number of draws", () => {
    const pools = fc.dictionary(fc.string({ maxLength: 3 }), fc.array(fc.nat(), { maxLength: 5 }), { minKeys: 1 });
    const plan = fc.record({ categories: fc.integer({ min: 1, max: 5 }), perCategory: fc.integer({ min: 1, max: 7 }) });
    fc.assert(
      fc.property(pools, plan, fc.integer({ min: 0, max: 20 }), (given, draw, draws) => {
        fc.pre(Object.values(given).some((tasks) => tasks.length > 0));
        let offsets = noOffsets;
        for (let turn = 0; turn < draws; turn += 1) offsets = drawCategories(given, offsets, draw).offsets;
        const known = offsetsAfter(draws, given, draw);
        expect(drawCategories(given, known, draw)).toEqual({
          tasks: drawCategories(given, offsets, draw).tasks,
          offsets: expect.anything(),
        });
        expect(known.categories).toBe(offsets.categories);
      }),
    );
  });
});
