import { z } from "zod";
import { curatedDrafting } from "../../policies/curation/curated-drafting.ts";
import { judgedLater } from "../../policies/curation/later-trial.ts";
import { largestGroup, streamEpisodes } from "../../policies/curation/streams.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { headSelection } from "../../policies/selection.ts";
import { SettingsError } from "../../state/errors.ts";
import { acceptanceSettings, gateOfOurs } from "../acceptance-settings.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * SkillOS: a curator inserts, updates and deletes skills of a library from which agents see what BM25 retrieves; it works along streams of tasks of one
 * kind, in which later tasks judge earlier edits, and is rewarded in parts. Source: arXiv 2605.06614, by an unofficial replication and its notes on the paper
 * [S]; its figures, except what is marked as ours [R]. The source trains the curator's weights by that reward and turns no edit down; here it
 * is a part that is not trained, whose work `export --revisions` has for training elsewhere, and edits are judged beside their parents.
 */
export const skillos = defineRecipe({
  name: "skillos",
  version: 1,
  source: "SkillOS, arXiv 2605.06614",
  summary: "curates a library along streams of tasks of one kind, in which later tasks judge earlier edits",
  settings: {
    ...acceptanceSettings("no-worse"),
    category: z
      .string()
      .min(1)
      .default("category")
      .describe(
        "the field of a task's `meta` that names its category; a stream has tasks of one, and tasks without it are a category of their own",
      ),
    group: z
      .int()
      .min(2)
      .max(largestGroup)
      .default(10)
      .describe("most tasks of a stream; later ones judge earlier edits where it is larger than `batch`"),
    callsWeight: z.number().min(0).default(1).describe("weight of the share of valid calls in the reward (lambda_f)"),
    contentWeight: z
      .number()
      .min(0)
      .default(0.1)
      .describe("weight of what a judge says of written skills (lambda_u); 0 for no judge"),
    compressionWeight: z
      .number()
      .min(0)
      .default(0.05)
      .describe("weight of how short the library is relative to what was read (lambda_c)"),
  },
  defaults: { batch: 1, replay: 10, generations: 60, visibility: "retrieved" },
  published: "no gate: each edit is committed, and judged by the reward of its stream alone",
  policies: (settings) => {
    const { category, group, callsWeight, contentWeight, compressionWeight, candidates, asPublished } = settings;
    if (candidates > 1)
      throw new SettingsError(
        "candidates",
        `candidates is ${candidates}; skillos has one curator, which makes one draft per generation. Set candidates to 1.`,
      );
    const weights = { calls: callsWeight, content: contentWeight, compression: compressionWeight };
    const gate = gateOfOurs(settings, "no-worse");
    return {
      episodes: streamEpisodes({ category, group, weights }),
      drafting: curatedDrafting({ judges: contentWeight > 0 }),
      edits: withOperations(constantEdits),
      selection: headSelection,
      ...(asPublished ? gate : { ...gate, trial: judgedLater(gate.trial, { group }) }),
    };
  },
});
