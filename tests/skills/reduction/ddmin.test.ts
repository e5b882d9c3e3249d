import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ddmin } from "../../../skills/reduction/ddmin.ts";

const subsets = (count: number) =>
  Array.from({ length: 2 ** count }, (_, mask) =>
    Array.from({ length: count }, (__, place) => place).filter((place) => (mask >> place) & 1),
  );
const items = (count: number) => Array.from({ length: count }, (_, place) => place);
const oracle =
  (passing: ReadonlySet<string>, asked: string[] = []) =>
  async (part: readonly number[]) => (asked.push(part.join()), passing.has(part.join()));

describe("ddmin", () => {
  test("finds the part that passes alone, by brute force over all parts", async () => {
    for (const needed of subsets(5).filter(({ length }) => length > 0)) {
      const passes = async (part: readonly number[]) => needed.every((place) => part.includes(place));
      expect(await ddmin(items(5), passes)).toEqual(needed);
    }
  });

  test("whatever passes: the result passes, keeps the order, no single item can go, and no part is asked twice", async () => {
    const table = fc.integer({ min: 1, max: 6 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        passing: fc.array(fc.boolean(), { minLength: 2 ** count, maxLength: 2 ** count }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(table, async ({ count, passing }) => {
        const all = subsets(count);
        const set = new Set([...all.filter((_, at) => passing[at]), items(count)].map((part) => part.join()));
        const asked: string[] = [];
        const found = await ddmin(items(count), oracle(set, asked));
        expect(set.has(found.join())).toBe(true);
        expect(found).toEqual(found.toSorted());
        if (found.length > 1)
          for (const out of found) expect(set.has(found.filter((one) => one !== out).join())).toBe(false);
        expect(new Set(asked).size).toBe(asked.length);
      }),
      { numRuns: 60 },
    );
  });

  test("leaves a list alone that does not pass, and one of a single item", async () => {
    expect(await ddmin([1, 2, 3], async () => false)).toEqual([1, 2, 3]);
    expect(await ddmin([1], async () => true)).toEqual([1]);
    expect(await ddmin([], async () => true)).toEqual([]);
  });
});
