import { z } from "zod";
import { modelCard } from "../../policies/cards/model-card.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { rewardTrial } from "../../policies/episodes/revision-trial.ts";
import { noneRejected, triedOnParent } from "../../policies/rejected-edits.ts";
import { effectObjectives } from "../../policies/rewards/steps.ts";
import { afterPhases, treePhases } from "../../policies/trees/phases.ts";
import { treeArchive } from "../../policies/trees/tree-archive.ts";
import { publishedSizes, treeDrafting } from "../../policies/trees/tree-drafting.ts";
import { longestSearch, treeSelection } from "../../policies/trees/tree-selection.ts";
import { typeSampling } from "../../policies/trees/task-types.ts";
import { SettingsError } from "../../state/errors.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * MASA: a card of the model from preliminary rollouts, hill climbing over general skills, then a UCB1 tree for each type of task; the reward is success minus a share of
 * the steps without effect. Source: arXiv 2605.30723, known from a review [S]; its figures, except what is marked as ours [R].
 */
export const masa = defineRecipe({
  name: "masa",
  version: 1,
  source: "MASA, arXiv 2605.30723",
  summary:
    "aligns skills with a model: its card, general skills by hill climbing, then a tree search for each type of task",
  settings: {
    category: z
      .string()
      .min(1)
      .default("category")
      .describe("the field of a task's `meta` that names its type; tasks without it are a type of their own"),
    types: z
      .int()
      .positive()
      .max(100)
      .default(10)
      .describe("number of types of tasks that are searched at most, those with the most train tasks first"),
    climbs: z.int().positive().default(10).describe("maximum number of generations for general skills"),
    climbPatience: z
      .int()
      .positive()
      .default(3)
      .describe(
        "generations in a row after which a phase is over: for general skills without an accepted edit, for a type without a program that joins its tree",
      ),
    searches: z
      .int()
      .positive()
      .max(longestSearch)
      .default(10)
      .describe("maximum number of generations for each type of task"),
    exploration: z.number().nonnegative().default(1.4).describe("weight of the exploration in UCB1 (C)"),
    width: z
      .int()
      .positive()
      .default(3)
      .describe("number of edits tried of a program of a tree before the search goes on below it"),
    lambda: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe(
        "what is subtracted from the score where no step of an agent has an effect; a share of them counts so much less",
      ),
    sizes: z
      .array(z.int().positive())
      .max(8)
      .default([...publishedSizes])
      .describe("tokens of skills among which granularity is searched; none for any size"),
    best: z.int().positive().max(20).default(5).describe("how many of the best edits of a phase the proposer sees"),
    model: z
      .string()
      .max(2000)
      .default("")
      .describe("what is known of the agent's model, for its card: architecture, size, training"),
    preliminary: z
      .int()
      .positive()
      .default(100)
      .describe("number of rollouts that the card is made from: those of the first generations"),
  },
  defaults: { batch: 100 },
  endsItself: true,
  published: "edits may be proposed again; the phase of a type has all of its generations, also where nothing fails",
  policies(settings) {
    const { category, types, climbs, climbPatience, searches, exploration, width, lambda, sizes } = settings;
    const { best, model, preliminary, candidates, asPublished } = settings;
    if (candidates > 1)
      throw new SettingsError(
        "candidates",
        `candidates is ${candidates}; masa measures one candidate per generation, whose reward its tree learns. Set candidates to 1.`,
      );
    return {
      episodes: treePhases({ category, climbs, climbPatience, searches, types, lambda, best, endsEarly: !asPublished }),
      sampling: typeSampling({ key: category, types }),
      selection: treeSelection({ exploration, width }),
      drafting: treeDrafting({ sizes }),
      edits: withOperations(constantEdits),
      rejected: asPublished ? noneRejected : triedOnParent,
      card: modelCard({ model, rollouts: preliminary }),
      objectives: effectObjectives,
      trial: rewardTrial(lambda),
      archive: treeArchive,
      stopping: afterPhases({ climbs, searches, types }),
    };
  },
});
