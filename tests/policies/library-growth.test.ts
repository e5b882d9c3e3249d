import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createdPerUse, hasConverged } from "../../policies/library-growth.ts";
import { StateError } from "../../state/errors.ts";

describe("what is created for each use", () => {
  test("is that of the published vector", () => {
    const [first, second] = createdPerUse([
      { created: 12, used: 48 },
      { created: 1, used: 8 },
    ]);
    expect(first).toBe(0.25);
    expect(second).toBe(13 / 56);
  });

  test("is not known before anything is used, and refuses counts below 0", () => {
    expect(
      createdPerUse([
        { created: 2, used: 0 },
        { created: 0, used: 4 },
      ]),
    ).toEqual([null, 0.5]);
    expect(() => createdPerUse([{ created: -1, used: 0 }])).toThrow(StateError);
  });

  test("falls just where a batch creates less for each use than those before", () => {
    const batch = fc.record({ created: fc.nat(9), used: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 8 }), batch, (batches, next) => {
        const [before, after] = createdPerUse([...batches, next]).slice(-2) as [number, number];
        const [created, used] = (["created", "used"] as const).map((key) =>
          batches.reduce((sum, each) => sum + each[key], 0),
        );
        expect(after < before).toBe(next.created * used! < created! * next.used);
      }),
    );
  });
});

describe("a library", () => {
  const steady = (created: number, used: number, count: number) =>
    Array.from({ length: count }, () => ({ created, used }));
  const rule = { patience: 3, tolerance: 0.01 };

  test.each([
    [
      "has converged once nothing is created any more and the ratio is nearly flat",
      [...steady(5, 10, 4), ...steady(0, 10, 20)],
      true,
    ],
    ["has not while the ratio still falls fast", [...steady(5, 10, 4), ...steady(0, 10, 3)], false],
    ["has not while every batch creates as much as those before", steady(2, 10, 20), false],
    [
      "has not where one of the last batches created more",
      [...steady(5, 10, 4), ...steady(0, 10, 20), { created: 6, used: 10 }],
      false,
    ],
    ["has where few are created for many uses", [...steady(5, 10, 4), ...steady(1, 50, 20)], true],
    ["has where nothing was ever created", steady(0, 10, 4), true],
    ["has not before there were enough batches", steady(0, 10, 3), false],
    ["has not where nothing is used", steady(0, 0, 9), false],
  ])("%s", (_, batches, expected) => {
    expect(hasConverged(batches, rule)).toBe(expected);
  });
});
