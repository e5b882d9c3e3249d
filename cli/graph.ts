import { drawGraph, type GraphFormat } from "../graphs/drawing.ts";
import { recipeGraph } from "../runs/recipe-graph.ts";
import { exitCodes } from "./failure.ts";

/** The graph of a recipe on stdout. */
export async function graphCommand(recipe: string, { format }: { format: GraphFormat }): Promise<number> {
  process.stdout.write(await drawGraph(await recipeGraph(recipe), format));
  return exitCodes.finished;
}
