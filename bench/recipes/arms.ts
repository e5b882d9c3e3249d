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

/** An arm on sets alone, also with an analyst that plants edits with false forecasts. */
export type SetArm = Omit<Arm, "analyst"> & { analyst: Arm["analyst"] | "planting" };

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

/**
 * The same budget on one candidate per generation, or on three: the best of them, or also their edits together. Optimistic acceptance
 * takes one candidate at a time, so each is compared.
 */
export const draftArms: readonly [Arm, ...Arm[]] = [
  usual("serial", { acceptance: "no-worse" }),
  usual("best of 3", { acceptance: "no-worse", candidates: 3 }),
  usual("fusion of 3", { acceptance: "no-worse", candidates: 3, combine: "fusion" }),
];

/** How candidates are accepted, or split; compared with the strict gate. */
export const gateArms: readonly [Arm, ...Arm[]] = [
  usual("strict", { acceptance: "strict" }),
  usual("no-worse", { acceptance: "no-worse" }),
  usual("tolerant", { acceptance: "tolerant" }),
  usual("paired", { acceptance: "paired" }),
  usual("race", { acceptance: "race" }),
  usual("optimistic", { acceptance: "optimistic" }),
  usual("race, waves of 5", { acceptance: "race", wave: 5 }),
  usual("no-worse, halves", { acceptance: "no-worse", attribution: "halves" }),
  usual("no-worse, 50 tasks", { acceptance: "no-worse", validation: 50 }),
  usual("no gate", { acceptance: "always" }),
];

/** The default of `optimize`, and others in its place. */
export const acceptanceArms: readonly [Arm, ...Arm[]] = [
  usual("optimistic", {}),
  ...["strict", "no-worse", "race"].map((acceptance) => usual(acceptance, { acceptance })),
  usual("no gate", { acceptance: "always" }),
];

/** The same proposer under the gates that differ most, the first for comparison. */
const underGates = (name: string, analyst: SetArm["analyst"]): [SetArm, ...SetArm[]] => {
  const under = (gate: string, acceptance: string): SetArm => ({
    arm: `${gate}, ${name}`,
    analyst,
    settings: { acceptance },
  });
  const others = ["no-worse", "race", "optimistic"].map((acceptance) => under(acceptance, acceptance));
  return [under("strict", "strict"), ...others, under("no gate", "always")];
};

/** Proposers that deserve different gates: with a long replay, and without regard for what they replay. The arms of `gateArms` are between them. */
export const proposerArms = {
  strong: underGates("replay of 400", "usual"),
  random: underGates("random edits", "random"),
  planting: underGates("planted edits", "planting"),
};

/** The settings of an arm at a budget. */
export function settingsOf({ settings }: Pick<Arm, "settings">, budget: number): SettingsInput {
  return typeof settings === "function" ? settings(budget) : settings;
}

/** Names apart by semicolons, each one of these arms; undefined where none are given. */
export function namesIn(given: string | undefined, arms: ReadonlyArray<{ arm: string }>): string[] | undefined {
  const names = given?.split(";").map((name) => name.trim());
  const known = arms.map(({ arm }) => arm);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`There is no arm "${unknown}"; choose among ${known.join("; ")}.`);
}
