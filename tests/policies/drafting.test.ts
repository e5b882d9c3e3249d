import { describe, expect, test } from "vitest";
import { mergeTree, minibatchDrafting, oneDraft, type BatchTask, type MergedPlan } from "../../policies/drafting.ts";
import { chosenNumber, constantEdits, decayingEdits } from "../../policies/edit-budget.ts";
import { createDraw } from "../../state/draw.ts";
import { candidateOf, recordOf, settingsOf } from "./records.ts";

const minibatches = { minibatch: 8, mergeBatch: 8, failureOnly: false, mode: "patch" as const };
const settings = settingsOf();
const batchOf = (failed: number, good: number, missing = 0): BatchTask[] => [
  ...Array.from({ length: failed }, (_, index) => ({ task: `f${index}`, score: index % 2 === 0 ? 0 : 0.5 })),
  ...Array.from({ length: good }, (_, index) => ({ task: `g${index}`, score: 1 })),
  ...Array.from({ length: missing }, (_, index) => ({ task: `m${index}`, score: null })),
];

describe("drafting", () => {
  test("of the whole batch asks for as many drafts as candidates are measured", () => {
    const plan = oneDraft.decide(
      { batch: batchOf(3, 3), settings: settingsOf({ candidates: 3 }) },
      null,
      createDraw(1, 1, "drafting"),
    );
    expect(plan).toEqual({ kind: "separate", drafts: 3 });
  });

  test("in minibatches puts each failure and each success in one group of at most 8, and what is missing in none", () => {
    const { groups } = minibatchDrafting(minibatches).decide(
      { batch: batchOf(17, 9, 3), settings },
      null,
      createDraw(1, 1, "drafting"),
    ) as MergedPlan;
    expect(groups.map(({ outcome, tasks }) => [outcome, tasks.length])).toEqual([
      ["failures", 8],
      ["failures", 8],
      ["failures", 1],
      ["successes", 8],
      ["successes", 1],
    ]);
    const all = groups.flatMap(({ tasks }) => tasks).toSorted();
    expect(all).toEqual(
      batchOf(17, 9)
        .map(({ task }) => task)
        .toSorted(),
    );
    for (const { outcome, tasks } of groups)
      expect(tasks.every((task) => task.startsWith(outcome === "failures" ? "f" : "g"))).toBe(true);
  });

  test("shuffles failures and successes anew in each generation, the same way each time", () => {
    const drafting = minibatchDrafting(minibatches);
    const groupsIn = (generation: number) =>
      drafting.decide({ batch: batchOf(16, 16), settings }, null, createDraw(1, generation, "drafting"));
    expect(groupsIn(1)).toEqual(groupsIn(1));
    expect(groupsIn(1)).not.toEqual(groupsIn(2));
  });

  test("of failures alone leaves successes out", () => {
    const plan = minibatchDrafting({ ...minibatches, failureOnly: true }).decide(
      { batch: batchOf(2, 9), settings },
      null,
      createDraw(1, 1, "drafting"),
    ) as MergedPlan;
    expect(plan.groups.map(({ outcome }) => outcome)).toEqual(["failures"]);
  });
});

describe("a merge tree", () => {
  test.each([
    [0, []],
    [1, []],
    [2, ["1/0: 2"]],
    [8, ["1/0: 8"]],
    [9, ["1/0: 8", "2/0: 2"]],
    [65, [...Array.from({ length: 8 }, (_, place) => `1/${place}: 8`), "2/0: 8", "3/0: 2"]],
  ])("of %d patches, 8 at a time, merges %j", async (count, expected) => {
    const patches = Array.from({ length: count }, (_, index) => [index]);
    const steps: string[] = [];
    const merged = await mergeTree(patches, 8, async ({ level, place, parts }) => {
      steps.push(`${level}/${place}: ${parts.length}`);
      return parts.flat();
    });
    expect(steps).toEqual(expected);
    expect(merged).toEqual(count === 0 ? undefined : [...patches.keys()]);
  });
});

describe("an edit schedule", () => {
  const made = recordOf({ candidate: candidateOf("made") });

  test.each([
    ["cosine", [4, 4, 3, 3, 3, 2, 2, 2, 2]],
    ["linear", [4, 4, 3, 3, 3, 2, 2, 2, 2]],
  ] as const)("that is %s goes down over the steps of all epochs and stays there", (decay, expected) => {
    const schedule = decayingEdits(decay, { least: 2, epochs: 4 });
    const budgets: number[] = [];
    let memory = schedule.memory!.start;
    for (let generation = 1; generation <= 9; generation += 1) {
      budgets.push(schedule.decide({ generation, settings: settingsOf({ edits: 4, batch: 40 }), train: 80 }, memory));
      memory = schedule.memory!.learn(memory, made, settings);
    }
    expect(budgets).toEqual(expected);
  });

  test("is not moved by a generation without a candidate", () => {
    const { memory } = decayingEdits("cosine", { least: 2, epochs: 4 });
    expect(memory!.learn({ steps: 3 }, recordOf({ candidate: null }), settings)).toEqual({ steps: 3 });
  });

  test("that is constant is the setting, and one that is chosen has no bound of its own", () => {
    const of = { generation: 7, settings: settingsOf({ edits: 3 }), train: 80 };
    expect(constantEdits.decide(of, null)).toBe(3);
    expect([chosenNumber.decide(of, null), chosenNumber.isChosen]).toEqual([999, true]);
  });
});
