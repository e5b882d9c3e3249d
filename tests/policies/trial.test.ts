import { describe, expect, test } from "vitest";
import { noWorseAcceptance, strictAcceptance } from "../../policies/acceptance.ts";
import { lifecycleDrafting } from "../../policies/lifecycle/lifecycle-drafting.ts";
import { againstHead, generationCost, leastRollouts, noTrial, type Trial } from "../../policies/trial.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { hashOf, openMemberOf, settingsOf } from "./records.ts";

const noDraw = () => {
  throw new Error("These trials draw nothing.");
};
const start = hashOf("start");
const stagesOf = (trial: Trial, settings: SettingsInput = {}) =>
  trial.stages(
    {
      settings: settingsOf(settings),
      generation: 1,
      spent: { rollouts: 0, simulations: 0, tokens: 0 },
      batch: [4, 5],
      batchScores: [],
      costInRollouts: 10,
      later: [],
      validation: [2, 0],
      parents: [start],
      archive: { head: start, members: [openMemberOf(start)] },
      closes: false,
    },
    null,
    noDraw,
  );

describe("a trial against the head", () => {
  test("is one comparison on the validation tasks in use, after which one candidate goes on", () => {
    expect(stagesOf(againstHead(strictAcceptance))).toEqual([
      {
        name: "validation",
        suite: "validation",
        tasks: [2, 0],
        against: "head",
        acceptance: strictAcceptance,
        keep: 1,
      },
    ]);
  });

  test("is another policy with another acceptance, and takes shorter candidates where that does", () => {
    const [strict, noWorse] = [againstHead(strictAcceptance), againstHead(noWorseAcceptance)];
    expect(strict.name).not.toBe(noWorse.name);
    expect([strict, noWorse].map(({ takesShorter }) => takesShorter)).toEqual([false, true]);
  });

  test("compares those that were accepted once more beside their fusion", () => {
    const trial = againstHead(strictAcceptance, { fuses: true });
    expect(stagesOf(trial, { candidates: 3 })).toMatchObject([
      { name: "validation", keep: 3 },
      { name: "fusion", against: "each other" },
      { name: "fused", against: "head", tasks: [2, 0], keep: 1 },
    ]);
    const cost = (candidates: number) => trial.cost({ settings: settingsOf({ candidates }), batch: 5, validation: 12 });
    expect([cost(1).most, cost(3).most]).toEqual([12, 48]);
  });

  test("costs all validation tasks at most and a wave at least, and the head's column once", () => {
    const trial = againstHead(strictAcceptance);
    const of = (wave: number) => ({ settings: settingsOf({ wave }), batch: 5, validation: 12 });
    expect(trial.cost(of(4))).toEqual({ start: 12, least: 4, most: 12 });
    expect(trial.cost(of(40))).toEqual({ start: 12, least: 12, most: 12 });
  });
});

test("the arm without a trial has no stage, and costs nothing", () => {
  expect(stagesOf(noTrial)).toEqual([]);
  expect(noTrial.cost({ settings: settingsOf(), batch: 5, validation: 12 })).toEqual({ start: 0, least: 0, most: 0 });
});

describe("the least rollouts of a generation", () => {
  const large = { train: 50, validation: 20 };
  test.each<[string, SettingsInput, typeof large, number]>([
    ["a batch and a wave", {}, large, 5 + 3],
    ["all train tasks where they are fewer than a batch", {}, { ...large, train: 4 }, 4 + 3],
    ["all validation tasks where they are fewer than a wave", {}, { ...large, validation: 2 }, 5 + 2],
    ["the validation tasks in use where they are fewer than a wave", { validation: 1 }, large, 5 + 1],
    ["no more validation tasks than there are", { validation: 30, wave: 40 }, large, 5 + 20],
  ])("are %s", (_, changes, sizes, least) => {
    const settings = settingsOf({ batch: 5, wave: 3, ...changes });
    expect(leastRollouts({ trial: againstHead(strictAcceptance) }, settings, sizes)).toBe(least);
  });

  test("do not include what leaving skills out takes, which the most has on average; a pair that was not asked leaves a rollout", () => {
    const drafting = lifecycleDrafting({ context: "kind", general: ["a"], retirement: "threshold", revises: true });
    const costOf = (changes: Record<string, number>) =>
      generationCost({ trial: noTrial, drafting }, { ...settingsOf({ batch: 5 }), ...changes }, large);
    expect(costOf({})).toMatchObject({ least: 0, most: (2 * 5 * 20) / 5, cut: 2 });
    expect(costOf({ ablateEvery: 1, ablated: 2, ablationTasks: 7 })).toMatchObject({ least: 0, most: 2 * 3 * 7 });
  });

  test("are a batch alone where nothing is measured", () => {
    expect(leastRollouts({ trial: noTrial }, settingsOf({ batch: 5 }), large)).toBe(5);
  });
});
