import type { Recipe } from "../../graphs/recipe.ts";
import { findRecipe, recipes } from "../../graphs/recipes/all.ts";
import type { TrialCost } from "../../policies/trial.ts";
import type { Json } from "../../state/json.ts";
import { defaultSettings, settingsShape } from "../../state/settings.ts";

/** A recipe in words and figures. */
export interface RecipeView {
  name: string;
  version: number;
  source: string;
  summary: string;
  /** What its policies are called. */
  policies: Record<string, string>;
  /** Rollouts of a generation beside its batch with the default settings, on `sizes`. */
  cost: TrialCost & { batch: number };
  /** Its own settings, and the common ones whose defaults it changes. */
  settings: Record<string, { default: Json; description: string; isOwn: boolean }>;
}

/** A task set of this size tells what a generation costs. */
export const typicalSizes = { train: 200, validation: 100 };

/** All recipes, one's own first; or the one of that name. Throws a SettingsError where there is none. */
export function recipeViews({ name, own }: { name?: string | undefined; own?: Recipe | undefined } = {}): RecipeView[] {
  if (name !== undefined) return [viewOf(findRecipe(name, own))];
  const others = recipes.filter((recipe) => recipe.name !== own?.name);
  return [...(own === undefined ? [] : [own]), ...others].map(viewOf);
}

function viewOf(recipe: Recipe): RecipeView {
  const { name, version, source, summary } = recipe;
  const settings = defaultSettings(recipe);
  const policies = recipe.policies(settings);
  const batch = Math.min(settings.batch, typicalSizes.train);
  const validation = Math.min(settings.validation ?? Infinity, typicalSizes.validation);
  const shape = settingsShape(recipe);
  const keys = [...Object.keys(recipe.settings), ...Object.keys(recipe.defaults)];
  return {
    name,
    version,
    source,
    summary,
    policies: Object.fromEntries(
      Object.entries(policies).map(([kind, policy]) => [kind, (policy as { name: string }).name]),
    ),
    cost: { batch, ...policies.trial.cost({ settings, batch, validation }) },
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
