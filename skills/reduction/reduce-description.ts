import { createSkillFolder, mainFile, textOf, type SkillFolder } from "../folder.ts";
import { withFrontmatterField } from "../frontmatter.ts";
import { clausesOf, joinedClauses } from "./clauses.ts";
import { ddmin } from "./ddmin.ts";
import { descriptionOf } from "../library/retrieval.ts";

/**
 * The skill with the fewest clauses of its description that still route to it, by ddmin (SkillReducer, arXiv 2603.29919, stage 1 [P/S]). Undefined where none can
 * go, or where the description does not route as it is.
 */
export async function reduceDescription(
  skill: SkillFolder,
  routes: (description: string) => Promise<boolean>,
): Promise<SkillFolder | undefined> {
  const description = descriptionOf(skill);
  const clauses = clausesOf(description);
  if (clauses.length < 2 || !(await routes(description))) return undefined;
  const least = await ddmin(clauses, (part) => routes(joinedClauses(part)));
  return least.length === clauses.length ? undefined : withDescription(skill, joinedClauses(least));
}

/** The skill with another description; undefined where its frontmatter cannot be edited. */
function withDescription(skill: SkillFolder, description: string): SkillFolder | undefined {
  const file = mainFile(skill);
  const text = textOf(skill, file) ?? "";
  const changed = withFrontmatterField(text, "description", description);
  if (changed === text) return undefined;
  return createSkillFolder(skill.name, { ...skill.files, [file]: new TextEncoder().encode(changed) });
}
