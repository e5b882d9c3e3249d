import { z } from "zod";
import { minibatchDrafting } from "../../policies/drafting.ts";
import { chosenNumber, constantEdits, decayingEdits } from "../../policies/edit-budget.ts";
import { trainEpochs } from "../../policies/epochs.ts";
import { rejectedInEpoch } from "../../policies/rejected-edits.ts";
import { headSelection } from "../../policies/selection.ts";
import { afterEpochs } from "../../policies/stopping.ts";
import { SettingsError } from "../../state/errors.ts";
import { acceptanceSettings, gateWith } from "../acceptance-settings.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * SkillOpt: text trained in epochs, with minibatches of failures and successes, patches merged as a tree, a textual learning rate, a memory
 * of rejected edits, and a slow update at the end of each epoch. Source: arXiv 2605.23904; defaults of skillopt 0.2.0 [C], except
 * for the slow update, which passes the gate as in the paper [P], and what is marked as ours [R].
 */
export const skillopt = defineRecipe({
  name: "skillopt",
  version: 1,
  source: "SkillOpt, arXiv 2605.23904",
  summary: "trains one program in epochs: edits from minibatches are merged and limited by a decreasing learning rate",
  settings: {
    ...acceptanceSettings("strict"),
    epochs: z.int().positive().max(1000).default(4).describe("passes over the train tasks; then the run ends"),
    leastEdits: z.int().positive().default(2).describe("what the learning rate `edits` decreases to"),
    decay: z
      .enum(["constant", "linear", "cosine", "autonomous"])
      .default("cosine")
      .describe("how the learning rate decreases over all steps; `autonomous`: the analyst chooses it each time"),
    minibatch: z
      .int()
      .positive()
      .default(8)
      .describe("number of failures, or of successes, that edits are proposed from at a time"),
    mergeBatch: z.int().min(2).default(8).describe("number of patches merged at a time"),
    failureOnly: z.boolean().default(false).describe("whether edits are proposed only from failures"),
    mode: z
      .enum(["patch", "rewrite"])
      .default("patch")
      .describe("apply the edits, or let the analyst rewrite the skill from them, which needs a language model"),
    slowUpdate: z.boolean().default(true).describe("whether lessons in the skill are rewritten after an epoch"),
    metaMemory: z.boolean().default(true).describe("whether proposers get notes on what helped in past epochs"),
  },
  defaults: { batch: 40, replay: 40, validation: null, edits: 4 },
  endsItself: true,
  published: "a failure is a score of 0, not one below 1; the guard lets pass what can be run",
  policies(settings) {
    const { edits, leastEdits, decay, epochs, minibatch, mergeBatch, failureOnly, mode, asPublished } = settings;
    if (leastEdits > edits)
      throw new SettingsError(
        "leastEdits",
        `leastEdits is ${leastEdits}; it must be at most edits, which is ${edits}.`,
      );
    const decays = { least: leastEdits, epochs };
    return {
      epochs: trainEpochs({ lessons: settings.slowUpdate, guidance: settings.metaMemory }),
      drafting: minibatchDrafting({ minibatch, mergeBatch, failureOnly, mode, partialFails: !asPublished }),
      edits: {
        constant: constantEdits,
        linear: decayingEdits("linear", decays),
        cosine: decayingEdits("cosine", decays),
        autonomous: chosenNumber,
      }[decay],
      rejected: rejectedInEpoch,
      selection: headSelection,
      ...gateWith(settings),
      stopping: afterEpochs(epochs),
    };
  },
});
