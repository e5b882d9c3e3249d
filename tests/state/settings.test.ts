import { describe, expect, test } from "vitest";
import type { Recipe } from "../../graphs/recipe.ts";
import { recipes } from "../../graphs/recipes/all.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { mocha } from "../../graphs/recipes/mocha.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings, Settings, settingsShape } from "../../state/settings.ts";

function refusal(input: Record<string, unknown>, recipe: Recipe = hillClimb): SettingsError {
  try {
    parseSettings(input, recipe);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error("The settings are taken.");
}

describe("settings", () => {
  test("fill in what is not given", () => {
    const { seed, batch, sampling, acceptance, validation, target } = parseSettings({}, hillClimb);
    expect({ seed, batch, sampling, acceptance, validation, target }).toEqual({
      seed: 1,
      batch: 60,
      sampling: "epoch",
      acceptance: "optimistic",
      validation: 100,
      target: 1,
    });
  });

  test("are bounded by 20 generations where neither generations nor rollouts bound them", () => {
    expect(parseSettings({ patience: 3, target: 1 }, hillClimb).generations).toBe(20);
    expect(parseSettings({ generations: 3 }, hillClimb).generations).toBe(3);
    expect(parseSettings({ budgetRollouts: 500 }, hillClimb).generations).toBeNull();
  });

  test("come out as they are when they are parsed again", () => {
    const once = parseSettings({ budgetRollouts: 500, seed: 3 }, hillClimb);
    expect(parseSettings({ ...once }, hillClimb)).toEqual(once);
  });

  test("say what each of them is for", () => {
    const silent = Object.entries(Settings.shape).filter(([, schema]) => (schema.description ?? "") === "");
    expect(silent.map(([key]) => key)).toEqual([]);
  });

  test("are refused when one is unknown, with the list of those there are", () => {
    const error = refusal({ seed: 1, batchSize: 4 });
    expect(error.path).toBe("batchSize");
    expect(error.message).toContain('Recipe "hill-climb" has no setting "batchSize"');
    for (const key of Object.keys(Settings.shape)) expect(error.message).toContain(key);
  });

  test.each(["toString", "constructor"])("are refused when one is called %s", (key) => {
    expect(refusal({ [key]: 1 })).toMatchObject({ path: key });
  });

  test.each<[string, unknown]>([
    ["batch", 0],
    ["batch", 1.5],
    ["seed", -1],
    ["target", 1.1],
    ["wave", "20"],
    ["generations", 0],
    ["sampling", "random"],
    ["acceptance", "lenient"],
  ])("are refused when %s is %j, naming path and value", (key, value) => {
    const error = refusal({ [key]: value });
    expect(error.path).toBe(key);
    expect(error.message).toContain(`Setting "${key}" cannot be ${JSON.stringify(value)}`);
  });

  test.each(recipes)("of $name are refused when one is an object or a list of them, naming it once", (recipe) => {
    for (const name of Object.keys(settingsShape(recipe)).filter((key) => key !== "recipe"))
      for (const value of [{}, [{}]]) {
        const error = refusal({ [name]: value }, recipe);
        expect(error.path).toBe(name);
        expect(error.message).toContain(`Setting "${name}" cannot be ${JSON.stringify(value)}: `);
      }
  });

  test("are refused when a list is given as a text, with the list that it may be", () => {
    expect(refusal({ objectives: "speed, cost" }, mocha).message).toMatch(/Write it as a list: \["speed","cost"\]\.$/);
  });

  test("are refused when one is NaN, saying so", () => {
    expect(refusal({ target: Number.NaN }).message).toContain('Setting "target" cannot be NaN');
  });
});
