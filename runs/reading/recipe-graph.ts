import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import type { DrawableGraph } from "../../graphs/drawing.ts";
import type { Recipe } from "../../graphs/recipe.ts";
import { findRecipe } from "../../graphs/recipes/all.ts";
import { parseSettings } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createExact } from "../../verifiers/exact.ts";
import { createSession, openRuns } from "../session.ts";

/** The compiled graph of a recipe, built-in by name or custom, as LangGraph draws it. Its parts do not change it, so the embedded ones are used. */
export async function recipeGraph(name: string | undefined, own?: Recipe): Promise<DrawableGraph> {
  const recipe = findRecipe(name, own);
  const parts = { agent: createProcedureAgent(), analyst: createStatisticalAnalyst(), verifier: createExact() };
  const session = await createSession({
    runs: openRuns(createMemoryStore()),
    place: { name: "drawn", thread: "drawn", family: "drawn" },
    parts: { ...parts, recipe },
    settings: parseSettings({}, recipe),
    concurrency: 1,
  });
  return session.graph.getGraphAsync();
}
