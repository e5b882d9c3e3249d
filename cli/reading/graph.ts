import { drawGraph, type GraphFormat } from "../../graphs/drawing.ts";
import { recipeGraph } from "../../runs/reading/recipe-graph.ts";
import { exitCodes } from "../terminal/failure.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { print } from "../terminal/door.ts";

export interface GraphFlags extends MergedFlags {
  format: GraphFormat;
}

/** The graph of a recipe on stdout, or of the config where none is named. */
export async function graphCommand(recipe: string | undefined, { format, own }: GraphFlags): Promise<number> {
  const graph = await recipeGraph(recipe ?? own?.graph ?? "loop");
  print(await drawGraph(graph, format));
  return exitCodes.finished;
}
