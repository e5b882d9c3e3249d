import { z } from "zod";
import { mostMembers } from "../../policies/archive.ts";
import { frontSelection, mostMerges } from "../../policies/front-selection.ts";
import { wholeArchive } from "../../policies/many-archive.ts";
import { minibatchTrial } from "../../policies/minibatch-trial.ts";
import { SettingsError } from "../../state/errors.ts";
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
  published:
    "the best member can lose all of its weight; the guard lets pass what can be run; no merges, as a skill is one component",
  policies({ front, merges, members, asPublished }) {
    if (asPublished && merges > 0)
      throw new SettingsError(
        "merges",
        `merges is ${merges}; as published it must be 0: GEPA merges components, and takes a skill as one. Leave out merges or asPublished.`,
      );
    return {
      selection: frontSelection({ front, merges, keepsBest: !asPublished }),
      trial: minibatchTrial,
      archive: wholeArchive(members),
    };
  },
});
