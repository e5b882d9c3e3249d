import { createProcedureAgent } from "../../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../../analysts/statistical/statistical-analyst.ts";
import type { DrawableGraph } from "../../graphs/drawing.ts";
import type { OwnGraph } from "../../graphs/parts.ts";
import { SettingsError } from "../../state/errors.ts";
import { parseSettings } from "../../state/settings.ts";
import { createMemoryStore } from "../../stores/drivers/memory.ts";
import { createExact } from "../../verifiers/exact.ts";
import { createSession, openRuns } from "../session.ts";

/** The graphs that are there by name. */
const recipes = ["loop"] as const;

/** The compiled graph of a recipe, or one's own, as LangGraph draws it. Its parts do not change it, so the embedded ones stand in. */
export async function recipeGraph(recipe: string | OwnGraph): Promise<DrawableGraph> {
  if (typeof recipe === "string" && !recipes.some((known) => known === recipe)) {
    const message = `Unknown recipe "${recipe}". Recipes are: ${recipes.join(", ")}.`;
    throw new SettingsError("recipe", message);
  }
  const parts = { agent: createProcedureAgent(), analyst: createStatisticalAnalyst(), verifier: createExact() };
  const session = await createSession({
    runs: openRuns(createMemoryStore()),
    place: { name: "drawn", thread: "drawn", family: "drawn" },
    parts: typeof recipe === "string" ? parts : { ...parts, graph: recipe },
    settings: parseSettings({}),
    concurrency: 1,
  });
  return session.graph.getGraphAsync();
}
