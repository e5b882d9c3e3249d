import { describe, expect, test } from "vitest";
import { findRecipe, recipes } from "../../graphs/recipes/all.ts";
import { policyList } from "../../graphs/parts.ts";
import { changedSettings, branchSettings } from "../../runs/cycle/settings-change.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings, type SettingsInput } from "../../state/settings.ts";
import type { RunRecord } from "../../runs/run-record.ts";

const policiesOf = (name: string, settings: SettingsInput = {}) => {
  const recipe = findRecipe(name);
  return recipe.policies(parseSettings({ ...settings }, recipe));
};
const namesOf = (name: string, settings: SettingsInput) =>
  policyList(policiesOf(name, settings)).map((one) => one.name);

describe("as published", () => {
  test("is refused by a recipe without a source, with the reason", () => {
    const recipe = findRecipe("hill-climb");
    expect(() => parseSettings({ asPublished: true }, recipe)).toThrow(SettingsError);
    expect(() => parseSettings({ asPublished: true }, recipe)).toThrow('Recipe "hill-climb" was not published');
  });

  test("every recipe with a source says what it changes", () => {
    for (const { source, published } of recipes) expect(published === undefined).toBe(source === "skillgraph");
  });

  test.each(["gepa", "skillopt", "skillforge", "evoskill", "skill-r1", "bayesian", "slim", "masa", "effiskill"])(
    "%s has other policies",
    (name) => {
      expect(namesOf(name, { asPublished: true })).not.toEqual(namesOf(name, {}));
    },
  );

  const ungated = recipes.filter(
    ({ settings, published }) => published?.includes("no gate") && "acceptance" in settings,
  );
  test.each(ungated.map(({ name }) => name))("%s has no gate: one that was chosen is refused", (name) => {
    const chosen: SettingsInput[] = [
      { acceptance: "strict" },
      { acceptance: "tolerant", band: 0.02 },
      { attribution: "halves" },
    ];
    for (const settings of chosen) {
      expect(() => policiesOf(name, settings)).not.toThrow();
      expect(() => policiesOf(name, { ...settings, asPublished: true })).toThrow(/has no effect as published/);
    }
    expect(() => policiesOf(name, { acceptance: "no-worse", asPublished: true })).not.toThrow();
  });

  test("gepa refuses merges, which need several components", () => {
    expect(() => policiesOf("gepa", { asPublished: true, merges: 5 })).toThrow(/merges is 5/);
    expect(() => policiesOf("gepa", { merges: 5 })).not.toThrow();
  });

  test("skillopt counts a part of the score as a success", () => {
    const batch = [0, 0.5, 1].map((score, index) => ({ task: `t${index}`, score }));
    const groupsOf = (settings: SettingsInput) => {
      const plan = policiesOf("skillopt", settings).drafting.decide({ batch, settings: {} as never }, null, () => 0);
      return plan.kind === "merged" && plan.groups.map(({ outcome, tasks }) => [outcome, tasks.toSorted()]);
    };
    expect(groupsOf({})).toEqual([
      ["failures", ["t0", "t1"]],
      ["successes", ["t2"]],
    ]);
    expect(groupsOf({ asPublished: true })).toEqual([
      ["failures", ["t0"]],
      ["successes", ["t1", "t2"]],
    ]);
  });

  test("cannot be changed in a run; a branch can, and one with a recipe without a source leaves it out", () => {
    const settings = parseSettings({ asPublished: true }, findRecipe("gepa"));
    const record = { name: "house", input: { settings } } as RunRecord;
    expect(() => changedSettings(record, { asPublished: false })).toThrow(/cannot be changed/);
    expect(branchSettings(record, { asPublished: false }).asPublished).toBe(false);
    expect(branchSettings(record, { recipe: "hill-climb" }).asPublished).toBe(false);
    expect(branchSettings(record, { recipe: "mocha" }).asPublished).toBe(true);
  });
});
