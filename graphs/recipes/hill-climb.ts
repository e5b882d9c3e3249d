import { z } from "zod";
import { rejectedEver, rejectedSinceAccepted } from "../../policies/rejected-edits.ts";
import { headSelection } from "../../policies/selection.ts";
import { acceptanceSettings, gateWith } from "../acceptance-settings.ts";
import { defineRecipe } from "../recipe.ts";

/** One program at a time: its candidates are compared with it, and the best accepted one replaces it. */
export const hillClimb = defineRecipe({
  name: "hill-climb",
  version: 1,
  summary: "edits one program, and keeps an edit only if it is better on the validation tasks",
  settings: {
    ...acceptanceSettings("optimistic"),
    remember: z
      .enum(["since-accepted", "ever"])
      .default("since-accepted")
      .describe(
        "which rejected edits proposers may not repeat: those since the last accepted one, as others may help by then, or all (`ever`), up to `rejected` of them",
      ),
    combine: z
      .enum(["best", "fusion", "halving"])
      .default("best")
      .describe(
        "what to do with several candidates: take the best, also try their edits together (`fusion`), or drop half at a time after a few tasks and compare the last on the others (`halving`)",
      ),
  },
  policies: ({ combine, remember, ...settings }) => ({
    rejected: remember === "ever" ? rejectedEver : rejectedSinceAccepted,
    selection: headSelection,
    ...gateWith(settings, combine),
  }),
});
