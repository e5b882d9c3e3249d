import { createProcedureAgent } from "../agents/procedure/procedure-agent.ts";
import { createStatisticalAnalyst } from "../analysts/statistical/statistical-analyst.ts";
import type { DrawableGraph } from "../graphs/drawing.ts";
import { SettingsError } from "../state/errors.ts";
import { parseSettings } from "../state/settings.ts";
import { createMemoryStore } from "../stores/memory.ts";
import { createExact } from "../verifiers/exact.ts";
import { createSession, openRuns } from "./session.ts";

/** The graphs that are there by name. */
const recipes = ["loop"] as const;

/** The compiled graph of a recipe, as LangGraph draws it. Its parts do not change it, so the embedded ones stand in. */
export async function recipeGraph(name: string): Promise<DrawableGraph> {
  if (!recipes.some((recipe) => recipe === name)) {
    const message = `There is no recipe "${name}". Recipes are: ${recipes.join(", ")}.`;
    throw new SettingsError("recipe", message);
  }
  const session = await createSession({
    runs: openRuns(createMemoryStore()),
    place: { name, thread: name, family: name },
    parts: { agent: createProcedureAgent(), analyst: createStatisticalAnalyst(), verifier: createExact() },
    settings: parseSettings({}),
    concurrency: 1,
  });
  return session.graph.getGraphAsync();
}
