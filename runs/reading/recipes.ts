import type { Recipe } from "../../graphs/recipe.ts";
import { findRecipe, recipes } from "../../graphs/recipes/all.ts";
import { generationCost, type TrialCost } from "../../policies/trial.ts";
import type { Json } from "../../state/json.ts";
import { defaultSettings, settingsShape } from "../../state/settings.ts";

/** A description of a recipe. */
export interface RecipeView {
  name: string;
  version: number;
  source: string;
  summary: string;
  /** The names of its policies, by kind. */
  policies: Record<string, string>;
  /** What the setting `asPublished` changes; null for a recipe without a source. */
  published: string | null;
  /** Rollouts per generation with the default settings for `typicalSizes`: of the batch, and of the trial. */
  cost: TrialCost & { batch: number };
  /** Its own settings, and the common ones whose defaults it changes. */
  settings: Record<string, { default: Json; description: string; isOwn: boolean }>;
}

/** The number of tasks that costs are given for. */
export const typicalSizes = { train: 200, validation: 100 };

/** All recipes, a custom one first; or only the one of that name. Throws a SettingsError if it does not exist. */
export function recipeViews({ name, own }: { name?: string | undefined; own?: Recipe | undefined } = {}): RecipeView[] {
  if (name !== undefined) return [viewOf(findRecipe(name, own))];
  const others = recipes.filter((recipe) => recipe.name !== own?.name);
  return [...(own === undefined ? [] : [own]), ...others].map(viewOf);
}

function viewOf(recipe: Recipe): RecipeView {
  const { name, version, source, summary, published = null } = recipe;
  const settings = defaultSettings(recipe);
  const policies = recipe.policies(settings);
  const shape = settingsShape(recipe);
  const keys = [...Object.keys(recipe.settings), ...Object.keys(recipe.defaults)];
  return {
    name,
    version,
    source,
    summary,
    published,
    policies: Object.fromEntries(
      Object.entries(policies).map(([kind, policy]) => [kind, (policy as { name: string }).name]),
    ),
    cost: generationCost(policies, settings, typicalSizes),
    settings: Object.fromEntries(
      keys.map((key) => [
        key,
        {
          default: settings[key] ?? null,
          description: shape[key]?.description ?? "",
          isOwn: Object.hasOwn(recipe.settings, key),
        },
      ]),
    ),
  };
}
