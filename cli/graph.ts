import { drawGraph, type GraphFormat } from "../graphs/drawing.ts";
import { recipeGraph } from "../runs/recipe-graph.ts";
import { exitCodes } from "./failure.ts";
import type { MergedFlags } from "./sources.ts";

export interface GraphFlags extends MergedFlags {
  format: GraphFormat;
}

/** The graph of a recipe on stdout, or of the config where none is named. */
export async function graphCommand(recipe: string | undefined, { format, own }: GraphFlags): Promise<number> {
  const graph = await recipeGraph(recipe ?? own?.graph ?? "loop");
  process.stdout.write(await drawGraph(graph, format));
  return exitCodes.finished;
}
