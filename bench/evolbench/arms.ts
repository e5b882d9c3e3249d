import type { SettingsInput } from "../../state/settings.ts";
import { recipeArms, settingsOf, type Arm } from "../recipes/arms.ts";

/** What learns, or does not, as plain JSON. */
export type EvolArm = RecipeArm | { arm: string; control: Control };

export interface RecipeArm {
  arm: string;
  analyst: Arm["analyst"];
  /** The library that learning begins with: `stock` has part of what is true, and what should not be there; `curated` all that is true at first. */
  from: "stock" | "curated" | "nothing";
  settings: SettingsInput;
}

/** The controls of SkillEvolBench (arXiv 2605.24117) [C], and `untouched`, the stock as it is [R]. */
export type Control = "no-skill" | "zero-shot" | "raw" | "curated" | "untouched";

/** Skills that a task is shown in all arms [R], and past rollouts, if these take the place of skills [C]. */
export const shown = { skills: 4, trajectories: 8 };

/** Past rollouts that are kept at most, the last ones [R]. */
export const mostTrajectories = 100;

/** The analyst sees this batch's rollouts and no others, as a language model would. */
const common = {
  batch: 16,
  replay: 16,
  edits: 3,
  wave: 10,
  visibility: "retrieved",
  visible: shown.skills,
} as const satisfies SettingsInput;

/** Each phase of a stream is a run with this budget, from the library that the one before ended with. */
export function armsAt(rollouts: number): EvolArm[] {
  const learning = (arm: string, own: SettingsInput = {}, of: Partial<RecipeArm> = {}): RecipeArm => ({
    arm,
    analyst: "usual",
    from: "stock",
    settings: { ...common, budgetRollouts: rollouts, ...own },
    ...of,
  });
  const recipes = recipeArms.map((arm) => learning(arm.arm, settingsOf(arm, rollouts)));
  return [
    ...recipes,
    learning("slim, leaving out often", {
      recipe: "slim",
      ablateEvery: 1,
      ablated: 2,
      ablationTasks: 20,
      leastUses: 15,
    }),
    learning("skillos, batch of 4", { recipe: "skillos", batch: 4 }),
    learning("hill-climb, no gate", { acceptance: "always" }),
    learning("hill-climb, random edits", {}, { analyst: "random" }),
    learning("hill-climb, from nothing", {}, { from: "nothing" }),
    learning("hill-climb, from curated", {}, { from: "curated" }),
    { arm: "untouched stock", control: "untouched" },
    { arm: "no skill", control: "no-skill" },
    { arm: "raw trajectories", control: "raw" },
    { arm: "zero-shot", control: "zero-shot" },
    { arm: "curated", control: "curated" },
  ];
}
