import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CategoryOffsets, drawCategories, noOffsets } from "../../../policies/curriculum/categories.ts";
import { StateError } from "../../../state/errors.ts";

const pools = { c: [30], a: [10, 11, 12], b: [20, 21], d: [40, 41, 42, 43], empty: [] };

function drawMany(count: number, draw: { categories: number; perCategory: number }): number[][] {
  let offsets = noOffsets;
  return Array.from({ length: count }, () => {
    const drawn = drawCategories(pools, offsets, draw);
    offsets = CategoryOffsets.parse(JSON.parse(JSON.stringify(drawn.offsets)));
    return drawn.tasks;
  });
}

describe("drawing by category", () => {
  test("takes categories in turn by name, and of each its tasks in turn", () => {
    expect(drawMany(5, { categories: 3, perCategory: 2 })).toEqual([
      [10, 11, 20, 21, 30],
      [40, 41, 12, 10, 20, 21],
      [30, 42, 43, 11, 12],
      [20, 21, 30, 40, 41],
      [10, 11, 20, 21, 30],
    ]);
  });

  test("takes nothing twice, however much is asked for", () => {
    expect(drawMany(1, { categories: 9, perCategory: 9 })).toEqual([[10, 11, 12, 20, 21, 30, 40, 41, 42, 43]]);
  });

  test("comes to every task of every category, with offsets that stay small", () => {
    const names = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3 }), (own, size, perCategory) => {
        const many = Object.fromEntries(
          own.map((name) => [name, Array.from({ length: size }, (_, at) => `${name}/${at}`)]),
        );
        let offsets = noOffsets;
        const seen = new Set<string>();
        for (let step = 0; step < own.length * size; step += 1) {
          const drawn = drawCategories(many, offsets, { categories: 1, perCategory });
          expect(new Set(drawn.tasks).size).toBe(drawn.tasks.length);
          for (const task of drawn.tasks) seen.add(task);
          offsets = drawn.offsets;
        }
        expect(seen.size).toBe(own.length * size);
        expect(offsets.categories).toBeLessThan(own.length);
        expect(Object.values(offsets.tasks).every((offset) => offset < size)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("without a task is refused", () => {
    expect(() => drawCategories({ a: [] }, noOffsets, { categories: 1, perCategory: 1 })).toThrow(StateError);
  });
});
