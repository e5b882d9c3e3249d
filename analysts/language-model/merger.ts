import { z } from "zod";
import type { SkillFolder } from "../../skills/folder.ts";
import { shorten } from "../../skills/shorten.ts";
import { SettingsError } from "../../state/errors.ts";
import type { Edit } from "../../state/program.ts";
import type { Deficiency } from "../../state/study.ts";
import { tell } from "../../models/calls.ts";
import { createAsker, type ModelNeeds } from "./ask.ts";
import { skillsText } from "./case-text.ts";
import { deficienciesText, editsText, experienceTexts, type Experience } from "./draft-text.ts";
import { clip } from "./ladder.ts";

/** Edits that one proposal holds, and what they are for. */
export interface Proposed {
  reason: string;
  edits: readonly Edit[];
}

/** Digests proposals that were made in parallel, in at most so many characters; null where the digest is missing. */
export interface Merger {
  readonly fingerprint: string;
  merge(
    proposals: readonly Proposed[],
    deficiencies: readonly Deficiency[],
    skills: readonly SkillFolder[],
    of: { experience: Experience; characters?: number },
  ): Promise<string | null>;
}

export interface MergerOptions extends ModelNeeds {
  /** Most characters of a digest. Default 2,400. */
  digestCharacters?: number | undefined;
}

/** The distilling step of Parallel-Distill-Refine (arXiv 2510.01123): one bounded digest, made anew each time. */
export function createModelMerger(options: MergerOptions): Merger {
  const { digestCharacters: usual = 2_400 } = options;
  if (!(usual > 0)) throw new SettingsError("digestCharacters", `digestCharacters is ${usual}; it must be above 0.`);
  const asker = createAsker(options);
  return {
    fingerprint: `${asker.fingerprint}/${usual}`,
    async merge(proposals, deficiencies, skills, { experience, characters: limit = usual }) {
      const reply = await asker.ask({
        prompt: "merge",
        name: "digest",
        schema: z.strictObject({ digest: z.string() }),
        fill: (limits, quote) => ({
          skills: skillsText(skills, { limits, quote }),
          deficiencies: deficienciesText(deficiencies, new Map(), { limits, quote }),
          proposals: proposals
            .map(({ reason, edits }, index) =>
              quote(`proposal ${index + 1}`, clip(`${reason}\n${editsText(edits)}`, limits)),
            )
            .join("\n"),
          ...experienceTexts(experience, { limits, quote }),
          limit: String(limit),
        }),
      });
      if ("value" in reply) return shorten(reply.value.digest, limit);
      tell(`the digest of ${proposals.length} proposals is missing: ${reply.missing}`);
      return null;
    },
  };
}
