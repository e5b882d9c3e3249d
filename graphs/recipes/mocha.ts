import { z } from "zod";
import { mostMembers } from "../../policies/archive.ts";
import { chebyshevSelection, chebyshevTrial, frontArchive } from "../../policies/chebyshev-climb.ts";
import { complianceWith } from "../../policies/objectives.ts";
import { evenAtHalf } from "../../policies/schedules/annealing.ts";
import { mainObjective } from "../../state/archive.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * MOCHA: correctness, description and body as objectives; parents by weighted Chebyshev distance, candidates by the hypervolume they
 * add at first and by that distance later. Source: arXiv 2605.19330, known from digests [P-digest]; constants are ours [R].
 */
export const mocha = defineRecipe({
  name: "mocha",
  version: 1,
  source: "MOCHA, arXiv 2605.19330",
  summary: "trades correctness against the length of description and body, and keeps the front",
  settings: {
    objectives: z
      .array(z.string().min(1))
      .max(8)
      .default([])
      .describe("objectives of the verifier in 0..1 that count in addition to correctness, description and body"),
    alpha: z
      .number()
      .positive()
      .default(1)
      .describe("parameter of the Dirichlet distribution that weights are drawn from; 1 is uniform"),
    augmentation: z
      .number()
      .nonnegative()
      .nullable()
      .default(null)
      .describe("weight of the sum of objectives relative to the worst one; none is 0.05, or 0 as published"),
    rate: z
      .number()
      .nonnegative()
      .default(evenAtHalf)
      .describe("how fast exploring decreases: its share is exp(-rate x share of the budget spent)"),
    descriptionLimit: z.int().positive().default(1024).describe("characters of a description without a penalty"),
    bodyLimit: z.int().positive().default(5000).describe("characters of a body without a penalty"),
    members: z.int().min(2).max(mostMembers).default(mostMembers).describe("maximum number of programs kept"),
  },
  defaults: { batch: 8, replay: 8 },
  published: "no augmentation of the Chebyshev distance unless it is set; the guard lets pass what can be run",
  policies(settings) {
    const { alpha, rate, descriptionLimit, bodyLimit, members, asPublished } = settings;
    const augmentation = settings.augmentation ?? (asPublished ? 0 : 0.05);
    const of = { objectives: [mainObjective, "description", "body", ...settings.objectives], alpha, augmentation };
    return {
      objectives: complianceWith({ description: descriptionLimit, body: bodyLimit }),
      selection: chebyshevSelection(of),
      trial: chebyshevTrial({ ...of, rate }),
      archive: frontArchive(of, members),
    };
  },
});
