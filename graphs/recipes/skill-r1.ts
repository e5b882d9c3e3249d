import { z } from "zod";
import { trainedGenerator } from "../../policies/advantages/generator.ts";
import { allStudied, contrastStudied } from "../../policies/advantages/studied.ts";
import { headArchive, mostMembers } from "../../policies/archive.ts";
import { afterEpisodes, episodeArchive, episodeSelection } from "../../policies/episodes/episode-archive.ts";
import { longestEpisode, revisionEpisodes } from "../../policies/episodes/episodes.ts";
import { episodeTrial, sharedTrial } from "../../policies/episodes/revision-trial.ts";
import { rejectedInEpisode } from "../../policies/rejected-edits.ts";
import { headSelection } from "../../policies/selection.ts";
import { SettingsError } from "../../state/errors.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * Skill-R1: chains of revisions, each rewarded by K rollouts of the same tasks before and after it; a generator that learns from the
 * advantages within and between generations which revision to try. Source: arXiv 2605.09359, A.1 to A.3 [P]. The paper does not give its
 * constants: all defaults are ours [R], and so is the generator, a softmax policy over edits in place of a language model that is trained.
 */
export const skillR1 = defineRecipe({
  name: "skill-r1",
  version: 1,
  source: "Skill-R1, arXiv 2605.09359",
  summary: "revises in chains, rewarded by repeated rollouts, and trains what chooses the revision",
  settings: {
    mode: z
      .enum(["shared", "instance"])
      .nullable()
      .default(null)
      .describe(
        "`shared`: one skill for all tasks, gated on validation; `instance`: a skill for each task or small cluster, whose scores are not held out; none is `shared`, or `instance` as published",
      ),
    length: z.int().positive().max(longestEpisode).default(4).describe("maximum number of generations in an episode"),
    cluster: z.int().positive().max(16).default(1).describe("train tasks of an episode in the mode `instance`"),
    lambda: z.number().nonnegative().default(0.5).describe("weight of the advantage between generations"),
    gamma: z.number().positive().max(1).default(1).describe("weight of a generation relative to the one before it"),
    skipEqual: z
      .boolean()
      .default(true)
      .describe("whether tasks whose samples have equal rewards are not analyzed, unless all tasks are like that"),
    generator: z
      .enum(["trained", "frozen"])
      .default("trained")
      .describe("whether the generator learns, or stays the reference policy (inference only)"),
    alternatives: z.int().positive().max(4).default(3).describe("drafts among which the generator chooses"),
    rate: z.number().nonnegative().default(1).describe("step size of the training"),
    steps: z.int().positive().max(64).default(4).describe("steps of the training at the end of an episode"),
    clip: z
      .number()
      .positive()
      .lt(1)
      .default(0.2)
      .describe("how far the probability of a choice may move at a time, as a share of it (epsilon)"),
    kl: z.number().nonnegative().default(0.05).describe("cost of a nat of divergence from the reference policy (beta)"),
  },
  defaults: { samples: 4, batch: 8, replay: 40 },
  published:
    "single tasks alone, whose chains have all their generations and keep each revision; all rollouts are analyzed",
  policies(settings) {
    const { mode, length, cluster, lambda, skipEqual, generator, alternatives, candidates, asPublished } = settings;
    const { gamma, rate, steps, clip, kl } = settings;
    if (candidates > 1)
      throw new SettingsError(
        "candidates",
        `candidates is ${candidates}; skill-r1 measures one revision per generation. Set candidates to 1, and alternatives to the number of drafts.`,
      );
    if (asPublished && mode === "shared")
      throw new SettingsError(
        "mode",
        "mode is shared; as published it must be instance: Skill-R1 revises the skill of one task. Leave out mode or asPublished.",
      );
    const pinned = mode === "instance" || asPublished ? cluster : null;
    return {
      episodes: revisionEpisodes({ length, lambda, pinned, endsEarly: !asPublished }),
      studied: asPublished ? allStudied : contrastStudied({ skipEqual }),
      drafting: trainedGenerator({ alternatives, gamma, frozen: generator === "frozen", rate, steps, clip, kl }),
      rejected: rejectedInEpisode,
      ...(pinned === null
        ? { selection: headSelection, trial: sharedTrial, archive: headArchive }
        : {
            selection: episodeSelection,
            trial: episodeTrial({ follows: asPublished }),
            archive: episodeArchive(mostMembers),
            stopping: afterEpisodes({ pinned, length }),
          }),
    };
  },
});
