import { mainFile, textOf, type SkillFolder } from "../skills/folder.ts";
import { parseFrontmatter } from "../skills/frontmatter.ts";
import { descriptionIn } from "../skills/library/retrieval.ts";
import type { Policy } from "./policy.ts";

/** Objectives of a program that need no rollouts: in 0..1 by name, higher is better. */
export interface Objectives extends Policy {
  /** Whether the share of an agent's steps that had an effect is an objective of rollouts, `effect`. */
  readonly steps?: true;
  of(skills: readonly SkillFolder[]): Record<string, number>;
}

/** No objectives in addition to those of the verifier. */
export const noObjectives: Objectives = { name: "objectives.none", version: 1, of: () => ({}) };

/** Maximum number of characters of a description and a body without a penalty (03-methods R 3.1; MOCHA, arXiv 2605.19330 [P-digest]). */
export interface TextLimits {
  description: number;
  body: number;
}

/**
 * Compliance of the texts of a program with their limits: the mean over its skills of 1 up to the limit, decreasing linearly from there
 * to 0 at twice the limit. MOCHA's objectives `description` and `body`; the slope is ours [R].
 */
export function complianceWith(limits: TextLimits): Objectives {
  return {
    name: `objectives.compliance ${limits.description} ${limits.body}`,
    version: 1,
    of(skills) {
      const lengths = skills.map((skill) => {
        const text = textOf(skill, mainFile(skill)) ?? "";
        const { fields, body } = parseFrontmatter(text);
        return { description: descriptionIn(fields).length, body: body.length };
      });
      const meanOf = (part: keyof TextLimits) =>
        lengths.reduce((sum, length) => sum + compliance(length[part], limits[part]), 0) / Math.max(1, lengths.length);
      return { body: meanOf("body"), description: meanOf("description") };
    },
  };
}

function compliance(length: number, limit: number): number {
  return length <= limit ? 1 : Math.max(0, 1 - (length - limit) / limit);
}
