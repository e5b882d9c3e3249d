import { z } from "zod";
import { headArchive } from "../../policies/archive.ts";
import { reductionDrafting } from "../../policies/drafts/reduction-drafting.ts";
import { constantEdits, withOperations } from "../../policies/edit-budget.ts";
import { noTasks } from "../../policies/sampling.ts";
import { headSelection } from "../../policies/selection.ts";
import { untilNoCandidate } from "../../policies/stopping.ts";
import { reductionTrial } from "../../policies/trials/reduction-trial.ts";
import { loopNodes, wireDrafting } from "../loop.ts";
import { defineRecipe } from "../recipe.ts";

/**
 * SkillReducer: descriptions cut to the clauses that routing needs, bodies to their core rules, the rest in references that say when to read them; gates for
 * routing, faithfulness and tasks. Nothing has to fail for it: the graph has no nodes for rollouts of train tasks. Source: arXiv 2603.29919 [P] for the
 * abstract, [S] for the loop; rules in place of its models, and all numbers, are ours [R].
 */
export const reduce = defineRecipe({
  name: "reduce",
  version: 1,
  source: "SkillReducer, arXiv 2603.29919",
  summary: "shortens descriptions and bodies of skills that work, and keeps what routing and tasks need",
  settings: {
    retries: z
      .int()
      .nonnegative()
      .max(8)
      .default(2)
      .describe("how often a body that was turned down is tried again, with more of it left in place"),
  },
  defaults: { target: null, generations: 100 },
  published: "nothing of its search, as all gates are those of the source; the guard lets pass what can be run",
  policies: ({ retries }) => ({
    sampling: noTasks,
    selection: headSelection,
    drafting: reductionDrafting({ retries }),
    edits: withOperations(constantEdits),
    trial: reductionTrial,
    archive: headArchive,
    stopping: untilNoCandidate,
  }),
  wire: (needs) => wireDrafting(loopNodes(needs)),
});
