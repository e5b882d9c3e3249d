import { z } from "zod";
import { noWorseAcceptance } from "../../policies/acceptance.ts";
import { mostMembers } from "../../policies/archive.ts";
import { filesDraft } from "../../policies/drafting.ts";
import { headSelection } from "../../policies/selection.ts";
import { versionArchive } from "../../policies/archives/versions.ts";
import { againstHead, measuredTrial } from "../../policies/trial.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * SkillForge: bad cases analyzed on four dimensions, traced to places in the skill, and cured by an optimizer that works on its files; a creator
 * writes the first version. Source: arXiv 2604.08618 [P], which has no gate: every version is committed, and the held-out set is
 * only reported. The gate, sizes of batches and limits are ours [R].
 */
export const skillforge = defineRecipe({
  name: "skillforge",
  version: 1,
  source: "SkillForge, arXiv 2604.08618",
  summary: "repairs one program version by version, from failures by dimension and place, on its files",
  settings: {
    versions: z
      .int()
      .min(2)
      .max(mostMembers)
      .default(mostMembers)
      .describe("maximum number of versions kept; beyond it the oldest are dropped"),
  },
  published: "every version is committed and only measured, without a comparison; the guard lets pass what can be run",
  drafts: true,
  policies: ({ versions, asPublished }) => ({
    drafting: filesDraft,
    selection: headSelection,
    trial: asPublished ? measuredTrial : againstHead(noWorseAcceptance),
    archive: versionArchive({ most: versions, keepsAll: asPublished }),
  }),
});
