import { decodeText, isSingleText, textOf, type SkillFolder } from "../../skills/folder.ts";
import type { Question } from "../../state/task.ts";
import { catalogueOf } from "../catalogue.ts";

/** What the agent can read, by path: skills below skills/NAME, the files of the question below files. */
export type Shelf = Readonly<Record<string, string>>;

export function shelfOf({ files = {} }: Question, skills: readonly SkillFolder[]): Shelf {
  const pages = skills
    .filter((skill) => !isSingleText(skill))
    .flatMap(({ name, files: own }) =>
      Object.entries(own).map(([path, bytes]) => [`skills/${name}/${path}`, decodeText(bytes)] as const),
    );
  const given = Object.entries(files).map(([path, text]) => [`files/${path}`, text] as const);
  return Object.fromEntries([...pages, ...given].filter(([, text]) => text !== undefined)) as Shelf;
}

/**
 * The system prompt of the agent: skills by name and description, to be opened when they are needed. A skill
 * that is one text, such as AGENTS.md, is included completely.
 */
export function instructionsFor(skills: readonly SkillFolder[]): string {
  const whole = skills.filter(isSingleText).map((skill) => textOf(skill) ?? "");
  const catalogue = catalogueOf(skills.filter((skill) => !isSingleText(skill)));
  return [...whole, ...(catalogue === "" ? [] : [catalogue, answerAlone])].join("\n\n").trim();
}

const answerAlone = "Answer with what the task asks for and nothing else.";

/** The file at a path, or what is wrong with the path: the agent reads either. */
export function readFrom(shelf: Shelf, path: string): string {
  const wanted = path.replace(/^(\.?\/)+/, "");
  if (Object.hasOwn(shelf, wanted)) return shelf[wanted] as string;
  return `There is no text file ${path}. There are: ${Object.keys(shelf).join(", ")}.`;
}
