import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BatchTask, MergedPlan } from "../../../policies/drafting.ts";
import { batchDrafting } from "../../../policies/drafts/batch-drafting.ts";
import { refinedDrafting } from "../../../policies/drafts/refined-drafting.ts";
import { createDraw } from "../../../state/draw.ts";
import { SettingsError } from "../../../state/errors.ts";
import { settingsOf } from "../records.ts";

const settings = settingsOf();

describe("drafting of a batch in parallel", () => {
  test("puts each failure in one of at most so many groups of nearly the same size", () => {
    const scores = fc.array(fc.constantFrom(0, 0.5, 1, null), { maxLength: 40 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 2, max: 9 }), fc.nat(99), (list, groups, generation) => {
        const batch: BatchTask[] = list.map((score, at) => ({ task: `t${at}`, score }));
        const failed = batch.filter(({ score }) => score !== null && score < 1).map(({ task }) => task);
        const drawAt = createDraw(1, generation, "drafting");
        const plan = batchDrafting({ groups }).decide({ batch, settings }, null, drawAt) as MergedPlan;
        expect(plan).toMatchObject({ kind: "merged", merging: { kind: "like" }, rewrites: false });
        expect(plan.groups.flatMap(({ tasks }) => tasks).toSorted()).toEqual(failed.toSorted());
        expect(plan.groups.length).toBeLessThanOrEqual(groups);
        for (const { tasks, outcome } of plan.groups) {
          expect(outcome).toBe("failures");
          expect(tasks.length).toBeLessThanOrEqual(Math.ceil(failed.length / groups));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("and of refined drafts refuse numbers out of range, and name those they have", () => {
    for (const groups of [1, 65, 2.5]) expect(() => batchDrafting({ groups })).toThrow(SettingsError);
    for (const drafts of [1, 17, 2.5]) expect(() => refinedDrafting({ drafts })).toThrow(SettingsError);
    expect(() => refinedDrafting({ digest: 0 })).toThrow(SettingsError);
    expect(batchDrafting({ groups: 3 }).name).not.toBe(batchDrafting().name);
    expect(refinedDrafting({ drafts: 2 }).name).not.toBe(refinedDrafting().name);
  });
});
