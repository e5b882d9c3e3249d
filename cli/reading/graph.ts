import { drawGraph, type GraphFormat } from "../../graphs/drawing.ts";
import { recipeGraph } from "../../runs/reading/recipe-graph.ts";
import { exitCodes } from "../terminal/failure.ts";
import { ownRecipe } from "../parts/parts.ts";
import type { MergedFlags } from "../parts/sources.ts";
import { print } from "../terminal/door.ts";

export interface GraphFlags extends MergedFlags {
  format: GraphFormat;
}

/** The graph of a recipe on stdout; that of the config where none is named, else the default. */
export async function graphCommand(name: string | undefined, { format, own }: GraphFlags): Promise<number> {
  const { recipe } = ownRecipe(own);
  const graph = await recipeGraph(name ?? (typeof own?.recipe === "string" ? own.recipe : undefined), recipe);
  print(await drawGraph(graph, format));
  return exitCodes.finished;
}
