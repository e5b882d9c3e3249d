import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { dilutionPlots } from "../../bench/plots/dilution-plots.ts";
import { evolbenchPlot } from "../../bench/plots/evolbench-plot.ts";
import { gymPlot } from "../../bench/plots/gym-plot.ts";
import { learningPlot } from "../../bench/plots/learning-plot.ts";
import { recipesPlots } from "../../bench/plots/recipes-plot.ts";
import { rowOf } from "./rows.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const seeds = [1, 2, 3];
const armsOf = (arms: string[]) => arms.flatMap((arm) => seeds.map((seed) => rowOf(arm, seed)));
const worth = (A: number) => ({ A, shifted: A / 2, composition: A / 3, words: 200, regret: 0.6 - A });

const evolRow = (arm: string, world: number, J: number) => ({
  arm,
  world,
  dilution: 1.4,
  noise: 0,
  figures: { J, ESR: J / 2, "J of the rare desk": null },
  cpu: { learning: 1, judging: 1 },
});

/** Every plot there is, by name. */
function drawAll(): Record<string, string> {
  const dilution = armsOf([
    "gate (strict)",
    "no gate",
    "25 validation tasks",
    "50 validation tasks",
    "edits 1",
    "edits 4",
  ]);
  return {
    learning: learningPlot(armsOf(["loop", "no gate"]), { required: new Map([["banking10", 0.82]]), reported: "x" }),
    ...dilutionPlots(dilution, { reported: "x" }),
    ...recipesPlots(armsOf(["hill-climb", "gepa", "no gate", "gepa, defaults"]), { reported: "x" }),
    gym: gymPlot([
      { dilution: 1.4, world: 1, worths: { "hill-climb": worth(0.4), "no gate": worth(0.3) } },
      { dilution: 1.4, world: 2, worths: { "hill-climb": worth(0.5), "no gate": worth(0.4) } },
    ]),
    evolbench: evolbenchPlot(
      ["hill-climb", "no skill"].flatMap((arm) => [1, 2].map((world) => evolRow(arm, world, world / 4))),
    ),
  };
}

const drawn = drawAll();

describe("plots", () => {
  test("are drawn for each part that has results", () => {
    const names = [
      "learning",
      "dilution",
      "dilution-front",
      "dilution-optimism",
      "dilution-edits",
      "recipes",
      "recipes-controls",
      "recipes-defaults",
      "gym",
      "evolbench",
    ];
    expect(Object.keys(drawn)).toEqual(names);
    expect(dilutionPlots([], { reported: "x" })).toEqual({});
    expect(recipesPlots([], { reported: "x" })).toEqual({});
  });

  test("are the same text for the same results, whatever was drawn before", () => {
    expect(drawAll()).toEqual(drawn);
  });

  test("of recipes have the seeds that all arms were run with", () => {
    const rows = armsOf(["hill-climb", "gepa", "no gate", "gepa, defaults"]);
    expect(recipesPlots([...rows, rowOf("gepa", 9)], { reported: "x" })["recipes"]).toBe(drawn["recipes"]);
  });

  test.each(Object.entries(drawn))(
    "%s has a title and axis names on white, text of 11 px and more, no path of this machine",
    (_, svg) => {
      expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      expect(svg).toContain('fill="#ffffff"');
      expect(svg).toMatch(/accuracy|chance/);
      expect(svg).not.toContain(root);
      expect(svg).not.toContain("NaN");
      const sizes = [...svg.matchAll(/font-size:\s*(\d+)px/g)].map((match) => Number(match[1]));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    },
  );
});
