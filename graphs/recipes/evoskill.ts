import { z } from "zod";
import { mostMembers } from "../../policies/archive.ts";
import { categorySampling } from "../../policies/curriculum/category-sampling.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { failingBelow } from "../../policies/feedback/failing.ts";
import { feedbackHistory, mostFeedback } from "../../policies/feedback/feedback-history.ts";
import { frontierArchive, frontierSelection } from "../../policies/fronts/frontier.ts";
import { noneRejected } from "../../policies/rejected-edits.ts";
import { untilNoImprovement } from "../../policies/stopping.ts";
import { measuredTrial } from "../../policies/trial.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * EvoSkill: skills are created or edited from failures drawn category by category, every child is measured once on all validation tasks, and a
 * frontier of the best programs is kept. Source: arXiv 2603.02766 and sentient-agi/EvoSkill [C]; its defaults, except what is
 * marked as ours [R].
 */
export const evoskill = defineRecipe({
  name: "evoskill",
  version: 1,
  source: "EvoSkill, arXiv 2603.02766",
  summary: "creates or edits skills from failures by category, and keeps a frontier of the best programs",
  settings: {
    category: z
      .string()
      .min(1)
      .default("category")
      .describe("the field of a task's `meta` that names its category; tasks without it are a category of their own"),
    categories: z
      .int()
      .positive()
      .default(3)
      .describe("number of categories in a batch, in turn; each gives an equal share of the setting `batch`"),
    failure: z
      .number()
      .gt(0)
      .max(1)
      .default(0.8)
      .describe("a rollout with a score below this is a failure; from there to 1 it is shown to no analyst"),
    parent: z
      .enum(["best", "random", "round-robin"])
      .default("best")
      .describe("which program of the frontier a generation starts from"),
    frontier: z.int().positive().max(mostMembers).default(3).describe("maximum number of programs kept"),
    history: z
      .int()
      .positive()
      .max(mostFeedback)
      .default(20)
      .describe("how many earlier proposals the proposer sees with their outcome; EvoSkill shows all"),
  },
  defaults: { batch: 6, replay: 6, validation: null, patience: 5 },
  published:
    "rejected edits may be proposed again; generations without failures do not count for `patience`; the guard lets pass what can be run",
  policies: ({ category, categories, failure, parent, frontier, history, asPublished }) => ({
    selection: frontierSelection(parent),
    sampling: categorySampling({ key: category, categories }),
    failing: failingBelow(failure),
    history: feedbackHistory(history),
    edits: withOperations(constantEdits),
    ...(asPublished ? { rejected: noneRejected } : {}),
    trial: measuredTrial,
    archive: frontierArchive(frontier),
    stopping: untilNoImprovement({ countsAll: !asPublished }),
  }),
});
