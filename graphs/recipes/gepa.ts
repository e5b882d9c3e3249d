import { z } from "zod";
import { mostMembers } from "../../policies/archive.ts";
import { frontSelection, mostMerges } from "../../policies/front-selection.ts";
import { wholeArchive } from "../../policies/many-archive.ts";
import { minibatchTrial } from "../../policies/minibatch-trial.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * GEPA: reflective mutation of candidates drawn from the fronts of members that are best on some task. Source: arXiv 2507.19457;
 * defaults of gepa 0.1.4 [C], except what is marked as ours [R].
 */
export const gepa = defineRecipe({
  name: "gepa",
  version: 1,
  source: "GEPA, arXiv 2507.19457",
  summary: "edits programs that are best on some task, tests on a minibatch first, keeps all that pass",
  settings: {
    front: z
      .enum(["instance", "objective", "hybrid"])
      .default("instance")
      .describe("what members are compared on: each validation task, each objective's mean, or both"),
    merges: z
      .int()
      .nonnegative()
      .max(mostMerges)
      .default(0)
      .describe("maximum number of merges of two members, section by section; GEPA uses 5 when it merges"),
    members: z
      .int()
      .min(2)
      .max(mostMembers)
      .default(mostMembers)
      .describe("maximum number of programs kept; beyond it those with the lowest means are dropped"),
  },
  defaults: { batch: 3, replay: 3, validation: null },
  policies: ({ front, merges, members }) => ({
    selection: frontSelection({ front, merges }),
    trial: minibatchTrial,
    archive: wholeArchive(members),
  }),
});
