import { stringify } from "yaml";
import { SkillError } from "../state/errors.ts";
import { createSkillFolder, SKILL_FILE, type SkillFolder } from "./folder.ts";
import { unpublishable } from "./limits.ts";

/**
 * The least a valid skill can be: frontmatter, a title and one line of prose, no rules. `purpose` says what the skill is
 * for, in at most 1,024 characters without < and >; a `SkillError` says what does not fit.
 */
export function minimalSkill(name: string, purpose: string): SkillFolder {
  const line = purpose.replaceAll(/\s+/g, " ").trim();
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " ");
  const frontmatter = stringify({ name, description: line }, { lineWidth: 0 });
  const text = `---\n${frontmatter}---\n\n# ${title}\n\nPurpose: ${line}\n`;
  const skill = createSkillFolder(name, { [SKILL_FILE]: new TextEncoder().encode(text) });
  const [problem] = unpublishable(skill);
  if (problem !== undefined) throw new SkillError(name, SKILL_FILE, `The skill cannot be created. ${problem.message}`);
  return skill;
}
