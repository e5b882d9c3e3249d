import { mainFile, SKILL_FILE, textOf, type SkillFolder } from "../skills/folder.ts";
import type { Question } from "../state/task.ts";
import { parseFrontmatter, type Frontmatter } from "../skills/frontmatter.ts";

/** Reading one takes as long as all the rest of a prompt, and a skill is asked about many times. */
const frontmatters = new WeakMap<SkillFolder, Frontmatter>();

export function frontmatterOf(skill: SkillFolder): Frontmatter {
  const known = frontmatters.get(skill) ?? parseFrontmatter(textOf(skill, mainFile(skill)) ?? "");
  frontmatters.set(skill, known);
  return known;
}

/**
 * The list of skills that a model opens when it needs them: name, description and place of each, in the form of the
 * Agent Skills specification. Their files are below skills/NAME.
 */
export function catalogueOf(skills: readonly SkillFolder[]): string {
  if (skills.length === 0) return "";
  const entries = skills.map((skill) => {
    const { fields } = frontmatterOf(skill);
    return [
      "  <skill>",
      `    <name>${escape(skill.name)}</name>`,
      `    <description>${escape(String(fields?.["description"] ?? ""))}</description>`,
      `    <location>skills/${escape(skill.name)}/${SKILL_FILE}</location>`,
      "  </skill>",
    ].join("\n");
  });
  return (
    "These skills say how to do tasks of their kind. Where one fits, read its file with read_file before you answer, and " +
    "of the files it names those you need. Paths in a skill are relative to its folder.\n\n" +
    `<available_skills>\n${entries.join("\n")}\n</available_skills>`
  );
}

/** The question as it is asked, with the paths of its files. */
export function requestFor({ input, files = {} }: Question): string {
  const paths = Object.keys(files).toSorted();
  if (paths.length === 0) return input;
  return `${input}\n\n<available_files>\n${paths.map((path) => `files/${path}`).join("\n")}\n</available_files>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
