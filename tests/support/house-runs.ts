import type { TaskAgent } from "../../agents/agent.ts";
import type { Parts } from "../../graphs/parts.ts";
import { recipes } from "../../graphs/recipes/all.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { houseChatAgent } from "./model-server/house-chat.ts";
import { houseParts, houseSettings, proposingMore } from "./world.ts";

/** A run of the house that the durability suite kills and resumes. Another one, or a gate, joins it by one line here. */
export interface HouseRun {
  name: string;
  parts(agent?: TaskAgent): Parts;
  settings: SettingsInput;
  /** What answers; by default the embedded agent. */
  agent?: TaskAgent;
  /** The gates it is run with; by default all. */
  gates?: readonly Gate[];
}

/** Parts whose agent is not embedded: every attempt is noted before it is made. */
const notedParts: HouseRun["parts"] = (agent) => {
  const parts = houseParts(agent);
  return { ...parts, agent: { ...parts.agent, isEmbedded: false } };
};

/** Parts whose analyst proposes several candidates. */
const severalParts: HouseRun["parts"] = (agent) => {
  const parts = houseParts(agent);
  return { ...parts, analyst: proposingMore(parts.analyst) };
};

/** What the house needs beside its settings, for a recipe to do all it does within three generations. */
const recipeSettings: Record<string, SettingsInput> = {
  // Two epochs of two generations, and the one that looks back on them.
  skillopt: { generations: null, epochs: 2, batch: 20, replay: 20, leastEdits: 1, minibatch: 4, mergeBatch: 2 },
  // Each task is a category; the values are the canaries of what no agent or analyst may see.
  evoskill: { category: "secret", categories: 10 },
  // An episode that ends, so that the generator learns, and one that begins.
  "skill-r1": { samples: 2, length: 2, batch: 6 },
};

/** The recipes of the product but the default one, which all the others run. Each joins by its line in `graphs/recipes/all.ts`. */
const recipeRuns = recipes.slice(1).map(({ name }): HouseRun => ({
  name,
  parts: houseParts,
  settings: { ...houseSettings, ...recipeSettings[name], recipe: name },
  gates: ["its own"],
}));

export const houseRuns: HouseRun[] = [
  { name: "epochs", parts: houseParts, settings: houseSettings },
  { name: "minibatches, attempts noted", parts: notedParts, settings: { ...houseSettings, sampling: "minibatch" } },
  { name: "three candidates", parts: severalParts, settings: { ...houseSettings, candidates: 3 }, gates: ["strict"] },
  {
    name: "chat over HTTP",
    parts: houseParts,
    settings: { ...houseSettings, generations: 2, batch: 8 },
    agent: houseChatAgent,
    gates: ["strict"],
  },
  ...recipeRuns,
];

export const gates = ["strict", "no-worse", "always"] as const;
/** How the default recipe accepts; other recipes do in ways of their own. */
export type Gate = (typeof gates)[number] | "its own";

/** The settings of a run with a gate. */
export function settingsWith({ settings }: HouseRun, gate: Gate): SettingsInput {
  return gate === "its own" ? settings : { ...settings, acceptance: gate };
}
