import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frontFrequencies, pruneRedundant } from "../../../policies/fronts/front-frequency.ts";
import { frontsOf, type FrontMember, type Results } from "../../../policies/fronts/instance-fronts.ts";
import { meanScore } from "../../../policies/scores.ts";
import { StateError } from "../../../state/errors.ts";

const members = (...rows: Array<[scores: Results, objectives: Results]>): FrontMember[] =>
  rows.map(([scores, objectives]) => ({ scores, objectives }));
const onTasks = (...rows: Results[]) =>
  frontsOf("instance", members(...rows.map((row): [Results, Results] => [row, []])));

describe("fronts", () => {
  test("of tasks hold all members with exactly the best result; what is missing is not on them", () => {
    expect(onTasks([1, 0.3, null, null], [1, 0.30000000000000004, 0, null], [0, null, 0, null])).toEqual([
      [0, 1],
      [1],
      [1, 2],
      [],
    ]);
  });

  test("of objectives hold the members with the best mean, and hybrid ones follow those of the tasks", () => {
    const both = members(
      [
        [1, 0],
        [0.5, 1],
      ],
      [
        [0, 1],
        [0.5, 0.9],
      ],
    );
    expect(frontsOf("instance", both)).toEqual([[0], [1]]);
    expect(frontsOf("objective", both)).toEqual([[0, 1], [0]]);
    expect(frontsOf("hybrid", both)).toEqual([[0], [1], [0, 1], [0]]);
  });

  test("of no member, or no task, are none", () => {
    expect(frontsOf("hybrid", [])).toEqual([]);
    expect(onTasks([], [])).toEqual([]);
  });

  test("of members with different tasks are refused", () => {
    expect(() => onTasks([1, 0], [1])).toThrow(StateError);
    expect(() => onTasks([1, 0], [1])).toThrow("Member 1 has 1 results and member 0 has 2");
  });
});

/** Columns of few values, so that members share fronts, with what is missing among them. */
const columns = fc
  .record({ members: fc.integer({ min: 1, max: 7 }), tasks: fc.integer({ min: 0, max: 6 }) })
  .chain((size) =>
    fc.array(fc.array(fc.constantFrom(null, 0, 0.5, 1), { minLength: size.tasks, maxLength: size.tasks }), {
      minLength: size.members,
      maxLength: size.members,
    }),
  );
const frontsOfColumns = (rows: Results[]) => ({
  fronts: onTasks(...rows),
  means: rows.map((row) => meanScore([...row])),
});

describe("redundant members", () => {
  test("are pruned from the lowest mean on, until nobody is redundant", () => {
    // 1 stands beside 0 on both its fronts; 2 is alone on the last one; 0 would be redundant after nothing.
    const fronts = [[0, 1], [0, 1], [0], [2]];
    expect(pruneRedundant({ fronts, means: [0.75, 0.5, 0.25] })).toEqual([[0], [0], [0], [2]]);
  });

  test("of equal means the later one goes", () => {
    expect(pruneRedundant({ fronts: [[0, 1]], means: [0.5, 0.5] })).toEqual([[0]]);
  });

  test("are those of a search that begins again after each one taken out", () => {
    fc.assert(
      fc.property(columns, (rows) => {
        const { fronts, means } = frontsOfColumns(rows);
        const alive = new Set(fronts.flat());
        const isRedundant = (member: number) =>
          fronts
            .filter((front) => front.includes(member))
            .every((front) => front.some((other) => other !== member && alive.has(other)));
        const order = [...alive].toSorted((a, b) => (means[a] ?? -1) - (means[b] ?? -1) || b - a);
        for (let out = order.find(isRedundant); out !== undefined;) {
          alive.delete(out);
          out = order.find((member) => alive.has(member) && isRedundant(member));
        }
        expect(pruneRedundant({ fronts, means })).toEqual(
          fronts.map((front) => front.filter((each) => alive.has(each))),
        );
      }),
    );
  });

  test("leave somebody on every front", () => {
    fc.assert(
      fc.property(columns, (rows) => {
        const of = frontsOfColumns(rows);
        const left = pruneRedundant(of);
        expect(left.map((front) => front.length > 0)).toEqual(of.fronts.map((front) => front.length > 0));
      }),
    );
  });
});

describe("front frequencies", () => {
  /** The best mean shares each of its fronts with two that are alone on another one (gepa issue #432). */
  const shadowed = frontsOfColumns([
    [0.9, 0.9, 0.8, 0.8],
    [0.9, 0, 1, 0],
    [0, 0.9, 0, 1],
  ]);

  test("as published give nothing to the best where others share all its fronts; ours keep it", () => {
    expect(shadowed.fronts).toEqual([[0, 1], [0, 2], [1], [2]]);
    expect(frontFrequencies(shadowed, { keepsBest: false })).toEqual([0, 2, 2]);
    expect(frontFrequencies(shadowed, { keepsBest: true })).toEqual([2, 2, 2]);
  });

  test("of a best that is on no front is 1", () => {
    const rows = [
      [0.8, 0.8, 0.8],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    expect(frontFrequencies(frontsOfColumns(rows), { keepsBest: true })).toEqual([1, 1, 1, 1]);
    expect(frontFrequencies(frontsOfColumns(rows), { keepsBest: false })).toEqual([0, 1, 1, 1]);
  });

  test("are all on the best where there is no front, and on the first of equals", () => {
    for (const keepsBest of [true, false]) {
      expect(frontFrequencies({ fronts: [], means: [0.2, 0.4, 0.4] }, { keepsBest })).toEqual([0, 1, 0]);
      expect(frontFrequencies({ fronts: [[]], means: [null] }, { keepsBest })).toEqual([1]);
      expect(frontFrequencies({ fronts: [], means: [] }, { keepsBest })).toEqual([]);
    }
  });

  test("count the fronts that are left, and never leave out the best", () => {
    fc.assert(
      fc.property(columns, (rows) => {
        const of = frontsOfColumns(rows);
        const { means } = of;
        const published = frontFrequencies(of, { keepsBest: false });
        const counts = means.map((_, member) => pruneRedundant(of).filter((front) => front.includes(member)).length);
        if (counts.some((count) => count > 0)) expect(published).toEqual(counts);
        const ours = frontFrequencies(of, { keepsBest: true });
        const best = means.indexOf(Math.max(...means.map((mean) => mean ?? -1)));
        expect(ours[best === -1 ? 0 : best]).toBeGreaterThan(0);
        const onNone = means.map((_, member) => member !== best && !of.fronts.flat().includes(member));
        if (best !== -1) for (const [member, isOff] of onNone.entries()) if (isOff) expect(ours[member]).toBe(0);
      }),
    );
  });
});
