import { noWorseAcceptance, strictAcceptance } from "../../policies/acceptance.ts";
import { headArchive } from "../../policies/archive.ts";
import { headSelection } from "../../policies/selection.ts";
import { againstHead, noTrial } from "../../policies/trial.ts";
import { defineRecipe } from "../recipe.ts";

/** One program at a time: its candidates are compared with it, and the best that is accepted takes its place. */
export const hillClimb = defineRecipe({
  name: "hill-climb",
  version: 1,
  summary: "edits one program, and keeps an edit only where the validation tasks say that it is better",
  policies: ({ acceptance }) => ({
    selection: headSelection,
    trial: {
      strict: againstHead(strictAcceptance),
      "no-worse": againstHead(noWorseAcceptance),
      always: noTrial,
    }[acceptance],
    archive: headArchive,
  }),
});
