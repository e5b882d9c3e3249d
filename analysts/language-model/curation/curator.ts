import { z } from "zod";
import { catalogueOf } from "../../../agents/catalogue.ts";
import { meanScore } from "../../../policies/scores.ts";
import type { SkillFolder } from "../../../skills/folder.ts";
import { CuratorCall } from "../../../state/curation.ts";
import { rounded } from "../../../state/rounding.ts";
import { hashJson } from "../../../state/json.ts";
import type { ScoredRollout } from "../../../state/task.ts";
import { tell } from "../../../models/calls.ts";
import type { Curator } from "../../analyst.ts";
import { createAsker, type ModelNeeds } from "../ask.ts";
import { caseText, sizeOfCase, skillsText, type Reach } from "../case-text.ts";
import { deficienciesText, listText, none } from "../draft-text.ts";
import { clip, within } from "../ladder.ts";
import { plainConventions } from "../proposer.ts";
import { createSilence } from "../silence.ts";

export interface CuratorOptions extends ModelNeeds {
  /** How a skill must be written for the agent to follow it. */
  conventions?: string | undefined;
}

/** More are no reply to a request for a few. */
const mostCalls = 50;

/** The highest rating of a criterion. */
const best = 10;

const Rating = z.int().min(0).max(best);
const Ratings = z.strictObject({
  abstraction: Rating,
  reusability: Rating,
  actionability: Rating,
  faithfulness: Rating,
});

/**
 * Asks a model for calls that insert, update and delete skills, and to judge what was written by four criteria, of which the mean counts (SkillOS, arXiv
 * 2605.06614 [S]; the scale is ours [R]). One call each. Calls are not checked here: what cannot be done is a part of the curator's reward. Throws a PartError where two calls of the curator in a row are missing.
 */
export function createModelCurator(options: CuratorOptions): Required<Curator> & { readonly fingerprint: string } {
  const { conventions = plainConventions } = options;
  const asker = createAsker(options);
  const refuseSilence = createSilence("curator", options.model.fingerprint);
  return {
    fingerprint: `${asker.fingerprint}/${hashJson(conventions).slice(0, 8)}`,
    async curate({ deficiencies, skills, rollouts, budget: { edits, guidance } }) {
      const numbers = new Map(rollouts.map(({ rollout }, index) => [rollout.task, index + 1]));
      const reply = await asker.ask({
        prompt: "curation/curate",
        name: "calls",
        schema: z.strictObject({ reason: z.string(), calls: z.array(CuratorCall).max(mostCalls) }),
        fill: (limits, quote) => {
          const reach = { limits, quote };
          return {
            inventory: quote("library", clip(catalogueOf(skills), limits)),
            skills: listText(seen(skills, rollouts).length === 0 ? [] : [skillsText(seen(skills, rollouts), reach)]),
            deficiencies: listText(deficiencies.length === 0 ? [] : [deficienciesText(deficiencies, numbers, reach)]),
            cases: casesText(rollouts, reach),
            guidance: guidance === undefined ? none : quote("notes", clip(guidance, limits)),
            conventions,
            limit: String(edits),
          };
        },
      });
      refuseSilence([reply]);
      if ("value" in reply) return reply.value.calls;
      tell(`the calls of the curator are missing: ${reply.missing}`);
      return null;
    },
    async judgeContent(written, rollouts) {
      const reply = await asker.ask({
        prompt: "curation/judge",
        name: "ratings",
        schema: Ratings,
        fill: (limits, quote) => ({
          skills: skillsText(written, { limits, quote }),
          cases: casesText(rollouts, { limits, quote }),
        }),
      });
      if ("value" in reply) return rounded((meanScore(Object.values(reply.value)) ?? 0) / best, 12);
      tell(`the ratings of ${written.length} skills are missing: ${reply.missing}`);
      return null;
    },
  };
}

/** The skills that an agent saw in some of the rollouts. */
function seen(skills: readonly SkillFolder[], rollouts: readonly ScoredRollout[]): SkillFolder[] {
  return skills.filter(({ name }) => rollouts.some(({ rollout }) => Object.hasOwn(rollout.visible, name)));
}

function casesText(rollouts: readonly ScoredRollout[], reach: Reach): string {
  const shown = within(rollouts, reach.limits.cases, sizeOfCase);
  return listText(shown.map((each, index) => caseText(`task ${index + 1}`, each, reach)));
}
