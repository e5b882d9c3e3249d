import { z } from "zod";
import { noWorseAcceptance, strictAcceptance } from "../../policies/acceptance.ts";
import { headArchive } from "../../policies/archive.ts";
import { headSelection } from "../../policies/selection.ts";
import { againstHead, noTrial } from "../../policies/trial.ts";
import { defineRecipe } from "../recipe.ts";

/** One program at a time: its candidates are compared with it, and the best accepted one replaces it. */
export const hillClimb = defineRecipe({
  name: "hill-climb",
  version: 1,
  summary: "edits one program, and keeps an edit only if it is better on the validation tasks",
  settings: {
    acceptance: z
      .enum(["strict", "no-worse", "always"])
      .default("no-worse")
      .describe(
        "how a candidate is compared with the head: strictly better (`strict`); also no worse with fewer tokens or a gain on the replay (`no-worse`); or not at all (`always`)",
      ),
    combine: z
      .enum(["best", "fusion"])
      .default("best")
      .describe(
        "what to do with several accepted candidates: take the best, or also try their edits together (`fusion`)",
      ),
  },
  policies: ({ acceptance, combine }) => ({
    selection: headSelection,
    trial: {
      strict: againstHead(strictAcceptance, { fuses: combine === "fusion" }),
      "no-worse": againstHead(noWorseAcceptance, { fuses: combine === "fusion" }),
      always: noTrial,
    }[acceptance],
    archive: headArchive,
  }),
});
