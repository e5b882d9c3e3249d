import { RunState } from "../state/channels.ts";
import { hashJson, type Hash } from "../state/json.ts";
import { policyList } from "./parts.ts";
import type { Policies, Recipe } from "./recipe.ts";

interface Drawable {
  nodes: Record<string, unknown>;
  edges: Array<{ source: string; target: string; conditional?: boolean | undefined }>;
}

/**
 * The version of a graph: its nodes and edges, the channels, the policies with their versions, and the recipe with its
 * version. A run is continued only by the graph it was started with.
 */
export function graphVersion(drawable: Drawable, policies: Policies, recipe: Pick<Recipe, "name" | "version">): Hash {
  return hashJson({
    nodes: Object.keys(drawable.nodes).toSorted(),
    edges: drawable.edges
      .map(({ source, target, conditional }) => `${source} ${conditional === true ? "?" : "-"}> ${target}`)
      .toSorted(),
    channels: RunState.getChannelKeys().toSorted(),
    policies: policyList(policies)
      .map(({ name, version }) => `${name}@${version}`)
      .toSorted(),
    recipe: `${recipe.name}@${recipe.version}`,
  });
}
