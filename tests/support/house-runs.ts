import type { TaskAgent } from "../../agents/agent.ts";
import type { Parts } from "../../graphs/parts.ts";
import { defineRecipe, type Policies } from "../../graphs/recipe.ts";
import { recipes } from "../../graphs/recipes/all.ts";
import { hillClimb } from "../../graphs/recipes/hill-climb.ts";
import { oneDraft } from "../../policies/drafting.ts";
import { batchDrafting } from "../../policies/drafts/batch-drafting.ts";
import { nearMissDrafting } from "../../policies/drafts/near-miss.ts";
import { refinedDrafting } from "../../policies/drafts/refined-drafting.ts";
import { whenConverged } from "../../policies/stopping.ts";
import type { SettingsInput } from "../../state/settings.ts";
import { houseChatAgent } from "./model-server/house-chat.ts";
import { houseParts, houseSettings, idleAfterFirst, proposingMore, smallSettings } from "./world.ts";

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

/** Parts whose analyst learns from the first batch alone; then it proposes remarks that change nothing, and says that each repairs a task. */
const idleParts: HouseRun["parts"] = (agent) => {
  const parts = houseParts(agent);
  return { ...parts, analyst: idleAfterFirst(parts.analyst) };
};

/** Its first candidate passes its audit; the remarks after it neither gain nor lose, so their audit stays open, and goes on when it is due again. */
export const openAuditRun: HouseRun = {
  name: "an audit that stays open",
  parts: idleParts,
  settings: { ...houseSettings, acceptance: "optimistic", batch: 4, edits: 4, generations: 9 },
  gates: ["its own"],
};

/** Hill climbing with other policies for drafting and stopping, on tasks drawn by what is known of them. */
function variantOf(name: string, policies: Pick<Policies, "drafting"> & Partial<Policies>): HouseRun {
  const recipe = defineRecipe({
    name,
    version: 1,
    summary: name,
    settings: hillClimb.settings,
    policies: (settings) => ({ ...hillClimb.policies(settings), ...policies }),
  });
  const own = { recipe: name, sampling: "posterior", evidence: "current" } as const;
  const parts = (agent?: TaskAgent) => ({ ...houseParts(agent), recipe });
  return { name, parts, settings: { ...houseSettings, ...own }, gates: ["strict"] };
}

/** What the house needs beside its settings, for a recipe to do all it does within three generations. */
const recipeSettings: Record<string, SettingsInput> = {
  // Two epochs of two generations, and the one that looks back on them.
  skillopt: { generations: null, epochs: 2, batch: 20, replay: 20, leastEdits: 1, minibatch: 4, mergeBatch: 2 },
  // An episode that ends, so that the generator learns, and one that begins.
  "skill-r1": { samples: 2, length: 2, batch: 6 },
  // Each task is a category; the values are the canaries of what no agent or analyst may see.
  evoskill: { category: "secret", categories: 10 },
  bayesian: { context: "secret" },
  // Skills are left out in each generation, on some tasks, and one is due in the third.
  slim: {
    context: "secret",
    visibility: "all",
    ablateEvery: 1,
    ablationTasks: 10,
    lowInRow: 2,
    leastUses: 10,
    expandBelow: 1,
    keepFrom: 1,
    leastFailures: 2,
  },
  // A whole stream.
  skillos: { batch: 2, group: 6 },
  // A generation for general skills, and two of a tree.
  masa: { category: "secret", climbs: 1, searches: 2, batch: 10 },
};

/** A run of each recipe of the product, the default first. Each joins by its line in `graphs/recipes/all.ts`. */
export const everyRecipe = recipes.map(({ name }): HouseRun => ({
  name,
  parts: houseParts,
  settings: { ...smallSettings, ...recipeSettings[name], recipe: name },
  gates: ["its own"],
}));

/** Those of the recipes that `loopRuns` do not run. */
export const recipeRuns = everyRecipe.slice(1);

/** The default recipe with its gates, and with other parts and policies. */
export const loopRuns: HouseRun[] = [
  { name: "epochs", parts: houseParts, settings: houseSettings },
  { name: "minibatches, attempts noted", parts: notedParts, settings: { ...houseSettings, sampling: "minibatch" } },
  { name: "three candidates", parts: severalParts, settings: { ...houseSettings, candidates: 3 }, gates: ["strict"] },
  { name: "audits", parts: houseParts, settings: { ...houseSettings, acceptance: "optimistic" }, gates: ["its own"] },
  openAuditRun,
  { name: "race", parts: houseParts, settings: { ...houseSettings, acceptance: "race" }, gates: ["its own"] },
  {
    name: "a paired test in halves of three candidates",
    parts: severalParts,
    settings: { ...houseSettings, candidates: 3, acceptance: "paired", inconclusive: "keep", alpha: 0.3 },
    gates: ["its own"],
  },
  {
    name: "halving of three candidates, and parts of the rejected ones",
    parts: severalParts,
    settings: { ...houseSettings, candidates: 3, combine: "halving", attribution: "halves", remember: "ever" },
    gates: ["strict"],
  },
  {
    name: "chat over HTTP",
    parts: houseParts,
    settings: { ...houseSettings, generations: 2, batch: 8 },
    agent: houseChatAgent,
    gates: ["strict"],
  },
  variantOf("refined-drafts", {
    drafting: nearMissDrafting(refinedDrafting({ drafts: 2 }), { margin: 0.5 }),
    stopping: whenConverged({ patience: 2 }),
  }),
  variantOf("batches-in-parallel", { drafting: batchDrafting({ groups: 3 }) }),
  variantOf("near-misses", { drafting: nearMissDrafting(oneDraft, { margin: 0.5 }) }),
];

export const houseRuns: readonly HouseRun[] = [...loopRuns, ...recipeRuns];

export const gates = ["strict", "no-worse", "always"] as const;
/** How the default recipe accepts; other recipes do in ways of their own. */
export type Gate = (typeof gates)[number] | "its own";

/** The settings of a run with a gate. */
export function settingsWith({ settings }: HouseRun, gate: Gate): SettingsInput {
  return gate === "its own" ? settings : { ...settings, acceptance: gate };
}
