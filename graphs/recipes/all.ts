import { SettingsError } from "../../state/errors.ts";
import { suggestionFor } from "../../state/suggestion.ts";
import type { Recipe } from "../recipe.ts";
import { gepa } from "./gepa.ts";
import { hillClimb } from "./hill-climb.ts";
import { mocha } from "./mocha.ts";
import { skillopt } from "./skillopt.ts";

/** The recipes that are there by name, the default first. */
export const recipes: readonly Recipe[] = [hillClimb, gepa, mocha, skillopt];

/** The recipe of ours of that name; undefined where there is none. */
export function knownRecipe(name: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.name === name);
}

/** The recipe of that name: one's own where it is called so, else one of ours; without a name one's own, else the default. */
export function findRecipe(name: string | undefined, own?: Recipe): Recipe {
  if (own !== undefined && typeof own.policies !== "function")
    throw new SettingsError(
      "recipe",
      "A recipe of your own is what defineRecipe gives; ours go by the setting `recipe`.",
    );
  if (own !== undefined && (name === undefined || name === own.name)) return own;
  if (name === undefined) return hillClimb;
  const found = knownRecipe(name);
  if (found !== undefined) return found;
  const names = [...(own === undefined ? [] : [own.name]), ...recipes.map((recipe) => recipe.name)];
  throw new SettingsError(
    "recipe",
    `Unknown recipe "${name}"${suggestionFor(name, names)}. Recipes are: ${names.join(", ")}.`,
  );
}
