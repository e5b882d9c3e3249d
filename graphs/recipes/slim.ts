import { z } from "zod";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { lifecycleDrafting } from "../../policies/lifecycle/lifecycle-drafting.ts";
import { lifecycleSettings } from "../../policies/lifecycle/terms.ts";
import { headSelection } from "../../policies/selection.ts";
import { SkillName } from "../../state/program.ts";
import { acceptanceSettings, gateOfOurs } from "../acceptance-settings.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * SLIM: skills of a library are left out, one at a time, to measure what each contributes; one that contributes nothing is retired, one that does not help with its tasks gets
 * another one for its failures, the others are retained. Source: arXiv 2605.10923 [P], ejhshen/SLIM [C]; its figures, except what is marked as ours
 * [R]. It trains the model meanwhile; here the model stays, and skills are revised.
 */
export const slim = defineRecipe({
  name: "slim",
  version: 1,
  source: "SLIM, arXiv 2605.10923",
  summary:
    "leaves skills out to measure what they contribute; retires them, retains them, or creates others beside them",
  settings: {
    ...acceptanceSettings("no-worse"),
    retirement: z
      .enum(["threshold", "interval"])
      .default("threshold")
      .describe(
        "by what a skill is retired: its mean contribution is below `retireBelow` for `lowInRow` times (`threshold`), or the upper end of a bootstrap interval of it is below `keepFrom` (`interval`)",
      ),
    ...lifecycleSettings,
    context: z
      .string()
      .min(1)
      .default("category")
      .describe("the field of a task's `meta` that names its context; tasks without it are one context"),
    general: z
      .array(SkillName)
      .max(200)
      .default([])
      .describe("names of skills for all tasks: they are left out together, and retired together"),
    revises: z
      .boolean()
      .default(true)
      .describe("whether generations in which no skill is retired or created revise skills; not as published"),
  },
  defaults: { target: null, visibility: "retrieved", visible: 3 },
  published:
    "no gate: each candidate is committed; skills are only retired and created, and not revised; the guard lets pass what can be run",
  policies: ({ retirement, context, general, revises, asPublished, ...settings }) => ({
    drafting: lifecycleDrafting({ retirement, context, general, revises: revises && !asPublished }),
    edits: withOperations(constantEdits),
    selection: headSelection,
    ...gateOfOurs({ ...settings, asPublished }, "no-worse"),
  }),
});
