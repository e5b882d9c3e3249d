import { describe, expect, test } from "vitest";
import { armsAt } from "../../bench/evolbench/arms.ts";
import { evolve } from "../../bench/evolbench/measure.ts";
import { createStream } from "../../bench/evolbench/stream.ts";
import { findRecipe, recipes } from "../../graphs/recipes/all.ts";
import { parseSettings } from "../../state/settings.ts";

const stream = { world: 3, dilution: 1.4, noise: 0 };
const arms = armsAt(60);
const armOf = (name: string) => arms.find(({ arm }) => arm === name)!;

describe("the arms of evolbench", () => {
  test("are every recipe, the default first, and controls, each under one name", () => {
    expect(arms.slice(0, recipes.length).map(({ arm }) => arm)).toEqual(recipes.map(({ name }) => name));
    expect(new Set(arms.map(({ arm }) => arm)).size).toBe(arms.length);
    const controls = arms.flatMap((arm) => ("control" in arm ? [arm.control] : []));
    expect(controls).toEqual(["untouched", "no-skill", "raw", "zero-shot", "curated"]);
  });

  test.each(arms.flatMap((arm) => ("settings" in arm ? [arm] : [])))(
    "$arm has settings that its recipe takes",
    (arm) => {
      expect(() => parseSettings(arm.settings, findRecipe(arm.settings.recipe))).not.toThrow();
    },
  );
});

describe("a stream", () => {
  const { phases, now, rare } = createStream(stream);

  test("has desks of its own in each phase, and the rare one in all", () => {
    const desks = phases.map(({ train }) => new Set(train.map(({ meta }) => meta?.["category"])));
    const [first, second] = phases.map(({ families }) => families);
    expect(new Set([...first!, ...second!]).size).toBe(4);
    const seldom = now.families[4]!.name;
    expect(desks).toEqual([new Set([...first!, seldom]), new Set([...second!, seldom])]);
    expect(new Set(rare.map(({ meta }) => meta?.["family"]))).toEqual(new Set([seldom]));
  });

  test("drifts after the first phase", () => {
    const steps = (at: number) => phases[at]!.world.rules.map(({ step }) => step);
    expect(steps(0)).not.toEqual(steps(1));
    expect(steps(1)).toEqual(now.rules.map(({ step }) => step));
  });
});

describe("evolbench", () => {
  test("measures a recipe that changes its library, the same every time", async () => {
    const [once, again] = [
      await evolve({ stream, learner: armOf("hill-climb, no gate") }),
      await evolve({ stream, learner: armOf("hill-climb, no gate") }),
    ];
    expect(again.figures).toEqual(once.figures);
    const { LSR, RSR, ESR, CSSR, ARSR, CompSR, acceptance, help, hurt, inflation, skills } = once.figures;
    for (const rate of [LSR, RSR, ESR, CSSR, ARSR, CompSR, help, hurt]) {
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThan(1);
    }
    // As many tasks in each role.
    expect(ESR).toBeCloseTo((CSSR! + ARSR! + CompSR!) / 3, 5);
    expect(acceptance).toBe(1);
    expect(inflation! * 120).toBeGreaterThanOrEqual(skills!);
  });

  test("knows what controls are worth", async () => {
    const [none, stock, drafted, curated] = await Promise.all(
      ["no skill", "untouched stock", "zero-shot", "curated"].map(async (name) => {
        return (await evolve({ stream, learner: armOf(name) })).figures;
      }),
    );
    expect(none!["J"]).toBeLessThan(drafted!["J"]!);
    expect(drafted!["J"]).toBeLessThan(curated!["J"]!);
    // What was right at first is stale after the drift, and nobody revises it.
    expect(curated!["RSR"]).toBeLessThan(curated!["LSR"]!);
    expect(stock).toMatchObject({ "harmful kept": 1, retirementRecall: null, acceptance: null });
  });
});
