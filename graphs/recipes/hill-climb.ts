import { z } from "zod";
import { headArchive } from "../../policies/archive.ts";
import { headSelection } from "../../policies/selection.ts";
import { acceptanceSettings, trialWith } from "../acceptance-settings.ts";
import { defineRecipe } from "../recipe.ts";

/** One program at a time: its candidates are compared with it, and the best accepted one replaces it. */
export const hillClimb = defineRecipe({
  name: "hill-climb",
  version: 1,
  summary: "edits one program, and keeps an edit only if it is better on the validation tasks",
  settings: {
    ...acceptanceSettings("no-worse"),
    combine: z
      .enum(["best", "fusion"])
      .default("best")
      .describe(
        "what to do with several accepted candidates: take the best, or also try their edits together (`fusion`)",
      ),
  },
  policies: ({ combine, ...settings }) => ({
    selection: headSelection,
    trial: trialWith(settings, { fuses: combine === "fusion" }),
    archive: headArchive,
  }),
});
