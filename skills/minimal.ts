import { stringify } from "yaml";
import { SkillError } from "../state/errors.ts";
import { createSkillFolder, SKILL_FILE, type SkillFolder } from "./folder.ts";
import { unpublishable } from "./limits.ts";
import { shorten } from "./shorten.ts";

const descriptionCharacters = 1_000;

/** A description made from any text: on one line, without < and >, and within the limit of the specification. */
export function descriptionFrom(text: string): string {
  return shorten(text.replaceAll(/[<>]/g, "").replaceAll(/\s+/g, " ").trim(), descriptionCharacters);
}

interface MainFile {
  name: string;
  description: string;
  metadata?: Readonly<Record<string, string>>;
  body: string;
}

/** The main file of a skill. */
export function skillText({ name, description, metadata, body }: MainFile): string {
  return `---\n${stringify({ name, description, metadata }, { lineWidth: 0 })}---\n\n${body.trim()}\n`;
}

/**
 * The least a valid skill can be: frontmatter, a title and one line of prose, no rules. `purpose` says what the skill is
 * for, in at most 1,024 characters without < and >; a `SkillError` says what does not fit.
 */
export function minimalSkill(name: string, purpose: string): SkillFolder {
  const line = purpose.replaceAll(/\s+/g, " ").trim();
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " ");
  const text = skillText({ name, description: line, body: `# ${title}\n\nPurpose: ${line}` });
  const skill = createSkillFolder(name, { [SKILL_FILE]: new TextEncoder().encode(text) });
  const [problem] = unpublishable(skill);
  if (problem !== undefined) throw new SkillError(name, SKILL_FILE, `The skill cannot be created. ${problem.message}`);
  return skill;
}
