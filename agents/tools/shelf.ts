import { decodeText, isSingleText, SKILL_FILE, textOf, type SkillFolder } from "../../skills/folder.ts";
import { parseFrontmatter } from "../../skills/frontmatter.ts";
import type { Question } from "../../state/task.ts";

/** What the agent can read, by path: skills below /skills/NAME, the files of the question below /files. */
export type Shelf = Readonly<Record<string, string>>;

export function shelfOf({ files = {} }: Question, skills: readonly SkillFolder[]): Shelf {
  const pages = skills
    .filter((skill) => !isSingleText(skill))
    .flatMap(({ name, files: own }) =>
      Object.entries(own).map(([path, bytes]) => [`/skills/${name}/${path}`, decodeText(bytes)] as const),
    );
  const given = Object.entries(files).map(([path, text]) => [`/files/${path}`, text] as const);
  return Object.fromEntries([...pages, ...given].filter(([, text]) => text !== undefined)) as Shelf;
}

/**
 * What the agent is told before it is asked: skills by name and description, to be opened when they are needed. A skill
 * that is one text, such as AGENTS.md, is told whole.
 */
export function instructionsFor(skills: readonly SkillFolder[]): string {
  const whole = skills.filter(isSingleText).map((skill) => textOf(skill) ?? "");
  const listed = skills.filter((skill) => !isSingleText(skill)).map(catalogueLine);
  return [...whole, ...(listed.length === 0 ? [] : [howToUseSkills, listed.join("\n")])].join("\n\n").trim();
}

const howToUseSkills =
  "You have skills: folders of instructions for certain kinds of tasks. Before you answer, read with read_file the " +
  "SKILL.md of each skill whose description fits the task, and follow it. It may name other files of its folder; read them " +
  "when they are needed. Answer with what the task asks for and nothing else.\n\nSkills:";

function catalogueLine(skill: SkillFolder): string {
  const { description } = parseFrontmatter(textOf(skill, SKILL_FILE) ?? "").fields ?? {};
  const told = typeof description === "string" ? description : "No description.";
  return `- ${skill.name}: ${told} (/skills/${skill.name}/${SKILL_FILE})`;
}

/** The question as the agent is asked it, with the paths of its files. */
export function requestFor({ input, files = {} }: Question): string {
  const paths = Object.keys(files).map((path) => `- /files/${path}`);
  return paths.length === 0 ? input : `${input}\n\nFiles:\n${paths.join("\n")}`;
}

/** The file at a path, or what is wrong with the path: the agent reads either. */
export function readFrom(shelf: Shelf, path: string): string {
  const wanted = path.startsWith("/") ? path : `/${path}`;
  if (Object.hasOwn(shelf, wanted)) return shelf[wanted] as string;
  return `There is no text file ${wanted}. There are: ${Object.keys(shelf).join(", ")}.`;
}
