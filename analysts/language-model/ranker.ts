import { z } from "zod";
import type { SkillFolder } from "../../skills/folder.ts";
import type { Deficiency } from "../../state/study.ts";
import { tell } from "../../models/calls.ts";
import { createAsker, type ModelNeeds } from "./ask.ts";
import { skillsText } from "./case-text.ts";
import { deficienciesText, editsText, experienceTexts, type Experience } from "./draft-text.ts";
import { clip } from "./ladder.ts";
import type { Proposed } from "./merger.ts";

/** Puts drafts in the order in which they should be tried. */
export interface Ranker {
  readonly fingerprint: string;
  /** The same drafts, best first. */
  rank<Draft extends Proposed>(
    drafts: readonly Draft[],
    deficiencies: readonly Deficiency[],
    skills: readonly SkillFolder[],
    experience: Experience,
  ): Promise<Draft[]>;
}

/** Asks a model for the order; drafts it does not name keep theirs at the end, and all do where the reply is missing. */
export function createModelRanker(options: ModelNeeds): Ranker {
  const asker = createAsker(options);
  return {
    fingerprint: asker.fingerprint,
    async rank(drafts, deficiencies, skills, experience) {
      if (drafts.length < 2) return [...drafts];
      const reply = await asker.ask({
        prompt: "rank",
        name: "ranking",
        schema: z.strictObject({ order: z.array(z.int()) }),
        fill: (limits, quote) => ({
          skills: skillsText(skills, { limits, quote }),
          deficiencies: deficienciesText(deficiencies, new Map(), { limits, quote }),
          drafts: drafts
            .map(({ reason, edits }, index) =>
              quote(`draft ${index + 1}`, clip(`${reason}\n${editsText(edits)}`, limits)),
            )
            .join("\n"),
          ...experienceTexts(experience, { limits, quote }),
        }),
      });
      if ("missing" in reply) tell(`the ranking of ${drafts.length} drafts is missing: ${reply.missing}`);
      const named = "missing" in reply ? [] : reply.value.order.map((number) => drafts[number - 1]);
      return [...new Set([...named.filter((each) => each !== undefined), ...drafts])];
    },
  };
}
