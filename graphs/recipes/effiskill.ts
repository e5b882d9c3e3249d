import { z } from "zod";
import { composedDrafting } from "../../policies/composition/composed-drafting.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { headSelection } from "../../policies/selection.ts";
import { SettingsError } from "../../state/errors.ts";
import { acceptanceSettings, gateOfOurs } from "../acceptance-settings.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * EffiSkill: operator skills and meta skills are mined from pairs of texts before and after edits; for a diagnosis operators are retrieved and composed into two or three plans, of which
 * candidates are made without feedback. Source: arXiv 2603.27850, its abstract [P] and notes on it [S]: there pairs are slow and fast programs, a model mines them once, and up to 8
 * candidates are generated. That skills are edited by it, pairs come from the run itself, cards are counted, a plan can be open, and candidates are gated, is ours [R].
 */
export const effiskill = defineRecipe({
  name: "effiskill",
  version: 1,
  source: "EffiSkill, arXiv 2603.27850",
  summary: "mines operators from its own edits, and makes candidates by plans that are composed of them",
  settings: {
    ...acceptanceSettings("no-worse"),
    plans: z
      .int()
      .min(2)
      .max(3)
      .default(2)
      .describe("plans that are composed per generation; each gets a draft of its own"),
    explore: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        "share of generations whose last plan is open for operators that the others do not have, although enough are known",
      ),
  },
  defaults: { candidates: 2 },
  published: "no gate: the candidate of the first plan is committed, and all are only measured",
  policies: ({ plans, explore, candidates, asPublished, ...settings }) => {
    if (candidates < plans)
      throw new SettingsError(
        "candidates",
        `candidates is ${candidates}; effiskill makes a draft for each of ${plans} plans. Set candidates to ${plans} or more, or plans to fewer.`,
      );
    return {
      drafting: composedDrafting({ plans, explore }),
      edits: withOperations(constantEdits),
      selection: headSelection,
      ...gateOfOurs({ ...settings, asPublished }, "no-worse"),
    };
  },
});
