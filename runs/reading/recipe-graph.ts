import type { DrawableGraph } from "../../graphs/drawing.ts";
import type { Recipe } from "../../graphs/recipe.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import { parseSettings } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { idleParts } from "../idle-parts.ts";
import { createSession, openRuns } from "../session.ts";

/** The compiled graph of a recipe, built-in by name or custom, as LangGraph draws it. */
export async function recipeGraph(name: string | undefined, own?: Recipe): Promise<DrawableGraph> {
  const recipe = findRecipe(name, own);
  const session = await createSession({
    runs: openRuns(createMemoryStore()),
    place: { name: "drawn", thread: "drawn", family: "drawn" },
    parts: { ...idleParts, recipe },
    settings: parseSettings({}, recipe),
    concurrency: 1,
  });
  return session.graph.getGraphAsync();
}
