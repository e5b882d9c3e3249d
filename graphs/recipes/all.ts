import { SettingsError } from "../../state/errors.ts";
import { suggestionFor } from "../../state/suggestion.ts";
import type { Recipe } from "../recipe.ts";
import { bayesian } from "./bayesian.ts";
import { effiskill } from "./effiskill.ts";
import { evoskill } from "./evoskill.ts";
import { gepa } from "./gepa.ts";
import { hillClimb } from "./hill-climb.ts";
import { masa } from "./masa.ts";
import { mocha } from "./mocha.ts";
import { reduce } from "./reduce.ts";
import { skillos } from "./skillos.ts";
import { skillR1 } from "./skill-r1.ts";
import { skillforge } from "./skillforge.ts";
import { skillopt } from "./skillopt.ts";
import { slim } from "./slim.ts";

/** The built-in recipes, the default first. */
export const recipes: readonly Recipe[] = [
  hillClimb,
  gepa,
  mocha,
  skillforge,
  skillopt,
  evoskill,
  skillR1,
  bayesian,
  reduce,
  slim,
  skillos,
  masa,
  effiskill,
];

/** The built-in recipe of that name; undefined if there is none. */
export function knownRecipe(name: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.name === name);
}

/** The recipe of that name: the custom one if it has that name, otherwise a built-in one; without a name the custom one, otherwise the default. Throws a SettingsError for an unknown name. */
export function findRecipe(name: string | undefined, own?: Recipe): Recipe {
  if (own !== undefined && typeof own.policies !== "function")
    throw new SettingsError(
      "recipe",
      "A custom recipe must be created with defineRecipe; select a built-in one with the setting `recipe`.",
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
