import { describe, expect, test } from "vitest";
import { controlArms, defaultArms, draftArms, recipeArms, settingsOf, variantArms } from "../../bench/recipes/arms.ts";
import { curvesOf, meanOverPlaces, rolloutsToTarget, scoresAt, sortedByOutcome } from "../../bench/recipes/curves.ts";
import { nameIn, placeOf, places, targetOf } from "../../bench/recipes/places.ts";
import { findRecipe, recipes } from "../../graphs/recipes/all.ts";
import { parseSettings } from "../../state/settings.ts";
import { rowOf } from "./rows.ts";

describe("the arms", () => {
  const arms = [...recipeArms, ...defaultArms, ...variantArms, ...controlArms];

  test("hold every built-in recipe, the default first, each arm under one name", () => {
    expect(recipeArms.map(({ arm }) => arm)).toEqual(recipes.map(({ name }) => name));
    expect(new Set(arms.map(({ arm }) => arm)).size).toBe(arms.length);
  });

  test.each([...arms, ...draftArms])("$arm has settings that its recipe takes, at every budget", (arm) => {
    for (const budget of [500, 8000]) {
      const settings = { batch: 40, replay: 40, validation: 100, budgetRollouts: budget, ...settingsOf(arm, budget) };
      expect(() => parseSettings(settings, findRecipe(settings.recipe))).not.toThrow();
    }
  });
});

test("an arm's name in results says its place where the set alone does not", () => {
  const names = places.map((place) => ({ place, arm: nameIn(place, "no gate") }));
  expect(new Set(names.map(({ place, arm }) => `${place.set}/${arm}`)).size).toBe(places.length);
  for (const { place, arm } of names)
    expect(placeOf({ set: place.set, arm })).toEqual({ place: place.name, arm: "no gate" });
  expect(targetOf("banking10")).toBeCloseTo(0.9 * 0.82, 10);
});

describe("curves", () => {
  const early = (arm: string, seed: number) => rowOf(arm, seed, { settings: { seed, budgetRollouts: 300 }, at: [300] });
  const readOnce = (row: ReturnType<typeof rowOf>, score: number) => ({
    ...row,
    figures: { ...row.figures, points: [{ rollouts: row.job.at.at(-1) as number, score, words: 10 }] },
  });

  test("of an arm with a run for each budget are put together from its runs", () => {
    const rows = [readOnce(rowOf("mocha", 1), 0.8), readOnce(early("mocha", 1), 0.4)];
    const arms = curvesOf(rows).get("banking10");
    const mocha = arms?.get("mocha");
    expect(mocha?.points.get(1)?.map(({ rollouts, score }) => [rollouts, score])).toEqual([
      [300, 0.4],
      [600, 0.8],
    ]);
    expect(mocha?.ends.get(1)).toBe(rows[0]);
    expect(scoresAt(mocha, 300)).toEqual(new Map([[1, 0.4]]));
    expect(scoresAt(undefined, 300)).toEqual(new Map());
  });

  test("of a run with a budget of its own have no points before its end", () => {
    const read = (row: ReturnType<typeof rowOf>) => ({
      ...row,
      figures: {
        ...row.figures,
        points: [100, row.job.at.at(-1) as number].map((rollouts) => ({ rollouts, score: 0.5, words: 10 })),
      },
    });
    const pointsOf = (rows: ReturnType<typeof rowOf>[]) =>
      curvesOf(rows)
        .get("banking10")
        ?.get("a")
        ?.points.get(1)
        ?.map(({ rollouts }) => rollouts);
    expect(pointsOf([read(rowOf("a", 1))])).toEqual([100, 600]);
    expect(pointsOf([read(rowOf("a", 1)), read(early("a", 1))])).toEqual([300, 600]);
  });

  test("count rollouts to the target at the first read-off that has it", () => {
    const rows = [readOnce(rowOf("a", 1), 0.9), readOnce(rowOf("a", 2), 0.1), readOnce(early("a", 2), 0.75)];
    const curves = curvesOf(rows).get("banking10")?.get("a");
    expect(curves && rolloutsToTarget(curves)).toEqual([600, 300]);
    const never = curvesOf([readOnce(rowOf("a", 1), 0.5)])
      .get("banking10")
      ?.get("a");
    expect(never && rolloutsToTarget(never)).toEqual([Infinity]);
  });

  test("are sorted by whether the interval of the paired difference is above 0, holds it, or is below", () => {
    const scores: Record<string, number[]> = {
      first: [0.5, 0.6, 0.7],
      up: [0.61, 0.7, 0.81],
      even: [0.4, 0.7, 0.7],
      down: [0.4, 0.5, 0.6],
    };
    const rows = Object.entries(scores).flatMap(([arm, values]) =>
      values.map((score, index) => readOnce(rowOf(arm, index + 1), score)),
    );
    const arms = curvesOf(rows).get("banking10") ?? new Map();
    expect(sortedByOutcome(arms, { first: "first", others: ["up", "even", "down"], rollouts: 600 })).toEqual({
      better: ["up"],
      notSeparable: ["even"],
      worse: ["down"],
    });
  });

  test("are averaged over places for the seeds that all places have", () => {
    const one = new Map([
      [1, 0.2],
      [2, 0.4],
    ]);
    expect(meanOverPlaces([one, new Map([[2, 0.8]])])).toEqual(new Map([[2, expect.closeTo(0.6, 10)]]));
    expect(meanOverPlaces([])).toEqual(new Map());
  });
});
