import { recipes } from "../../graphs/recipes/all.ts";
import type { SettingsInput } from "../../state/settings.ts";

/** A way to search, on any set and in the gym. */
export interface Arm {
  arm: string;
  /** The usual analyst of the place, or one that edits at random. */
  analyst: "usual" | "random";
  /** Beside those of the place. A function where what a run does depends on its budget: then each read-off is a run of its own. */
  settings: SettingsInput | ((budget: number) => SettingsInput);
}

/** Recipes whose schedule goes by the share of the budget that is spent. */
const budgeted = ["mocha"];

const usual = (arm: string, settings: Arm["settings"]): Arm => ({ arm, analyst: "usual", settings });

/** A built-in recipe with its own settings as they are. */
export const recipeArms = recipes.map(({ name }) =>
  usual(name, budgeted.includes(name) ? () => ({ recipe: name }) : { recipe: name }),
) as [Arm, ...Arm[]];

/** The same, called so where no settings are common to all arms. */
export const defaultArms = recipeArms.map((arm) => ({ ...arm, arm: `${arm.arm}, defaults` })) as [Arm, ...Arm[]];

/** Other settings of a recipe that are of interest. */
export const variantArms: readonly Arm[] = [
  usual("hill-climb, strict gate", { acceptance: "strict" }),
  usual("gepa, merging", { recipe: "gepa", merges: 5 }),
];

/** More edits than any draft of the analyst has. */
const allEdits = 64;

export const controlArms: readonly Arm[] = [
  usual("no gate", { acceptance: "always" }),
  { arm: "random edits", analyst: "random", settings: {} },
  usual("best of 3", { candidates: 3 }),
  // One generation from as many train tasks as there are, or as the budget pays for; nothing is checked.
  usual("one-shot", (budget) => ({
    acceptance: "always",
    generations: 1,
    batch: budget,
    replay: budget,
    edits: allEdits,
  })),
];

/** The same budget on one candidate per generation, or on three: the best of them, or also their edits together. */
export const draftArms: readonly [Arm, ...Arm[]] = [
  usual("serial", {}),
  usual("best of 3", { candidates: 3 }),
  usual("fusion of 3", { candidates: 3, combine: "fusion" }),
];

/** The settings of an arm at a budget. */
export function settingsOf({ settings }: Arm, budget: number): SettingsInput {
  return typeof settings === "function" ? settings(budget) : settings;
}
