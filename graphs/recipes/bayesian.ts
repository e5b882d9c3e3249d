import { z } from "zod";
import { beliefDrafting } from "../../policies/beliefs/belief-drafting.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { headSelection } from "../../policies/selection.ts";
import { acceptanceSettings, gateOfOurs } from "../acceptance-settings.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * Bayesian-Agent: every rollout is evidence about the skills it used; a posterior and a table of six rows say what to do with a skill: patch, split,
 * compress or retire it, or gather more evidence. Source: DataArcTech/Bayesian-Agent [C]; its figures, except what is marked
 * as ours [R]. It has no gate, and merges reruns of failed tasks with earlier successes, which counts the better of two: here every candidate
 * is measured on all tasks alike.
 */
export const bayesian = defineRecipe({
  name: "bayesian",
  version: 1,
  source: "Bayesian-Agent, DataArcTech",
  summary: "patches, splits, compresses or retires skills, by what evidence makes believe of them",
  settings: {
    ...acceptanceSettings("no-worse"),
    posterior: z
      .enum(["categorical", "beta", "frequentist"])
      .default("categorical")
      .describe(
        "what is believed of a skill: `categorical` knows how it does in each context, and of several skills sends the one first that does worst in those of the batch; `beta` looks at all contexts together; `frequentist` counts without a prior",
      ),
    context: z
      .string()
      .min(1)
      .default("category")
      .describe("the field of a task's `meta` that names its context; tasks without it are one context"),
    window: z.int().min(4).max(500).default(100).describe("how many of the latest rollouts of a skill are evidence"),
    support: z
      .int()
      .positive()
      .default(2)
      .describe("least number of rollouts that failed in the same way for a patch to be made from them"),
  },
  published:
    "no gate: each candidate is committed; evidence of earlier versions of a skill counts on, so two failures in the same way ask for patches as long as they are remembered",
  policies: ({ posterior, context, window, support, asPublished, ...settings }) => ({
    drafting: beliefDrafting({ posterior, context, window, support, perVersion: !asPublished }),
    edits: withOperations(constantEdits),
    selection: headSelection,
    ...gateOfOurs({ ...settings, asPublished }, "no-worse"),
  }),
});
