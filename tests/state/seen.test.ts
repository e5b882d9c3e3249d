import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StateError } from "../../state/errors.ts";
import { seenIndices, withSeen } from "../../state/seen.ts";

const sizeAndIndices = fc
  .integer({ min: 1, max: 200 })
  .chain((size) => fc.tuple(fc.constant(size), fc.array(fc.nat(size - 1)), fc.array(fc.nat(size - 1))));

describe("the seen bitmap", () => {
  test("holds exactly the indices put in, ascending, each once", () => {
    fc.assert(
      fc.property(sizeAndIndices, ([size, first, second]) => {
        const bitmap = withSeen(withSeen("", size, first), size, second);
        expect(seenIndices(bitmap)).toEqual([...new Set([...first, ...second])].toSorted((a, b) => a - b));
      }),
    );
  });

  test("does not depend on the order or the number of steps", () => {
    fc.assert(
      fc.property(sizeAndIndices, ([size, first, second]) => {
        const together = withSeen("", size, [...second, ...first]);
        expect(withSeen(withSeen("", size, first), size, second)).toBe(together);
      }),
    );
  });

  test("is empty at the start and stays as small as a bit a task", () => {
    expect(seenIndices("")).toEqual([]);
    expect(withSeen("", 8000, [7999]).length).toBeLessThan(1340);
  });

  test("refuses a task beyond the suite, also one that would fit its last byte", () => {
    expect(seenIndices(withSeen("", 9, [8]))).toEqual([8]);
    expect(() => withSeen("", 9, [0, 9])).toThrow(StateError);
    expect(() => withSeen("", 9, [0, 9])).toThrow("Task 9 is not among the 9 tasks of the suite.");
  });
});
