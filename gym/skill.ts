import { createSkillFolder, SKILL_FILE, textOf, type SkillFolder } from "../skills/folder.ts";
import { withoutComments } from "../skills/comments.ts";
import { parseFrontmatter } from "../skills/frontmatter.ts";
import { markdownLines } from "../skills/lines.ts";
import { cueOf, partsOfCue, type Cue, type CueKind } from "./cue.ts";

/** One instruction: at this cue, do this step. */
export interface Directive {
  readonly cue: Cue;
  readonly step: string;
  readonly isImportant: boolean;
}

/** A directive as it stands in a skill. `id` stays with it when it moves; `line` is its bullet, without the line end. */
export interface Bullet extends Directive {
  readonly id: string;
  readonly skill: string;
  readonly line: string;
}

/** All an agent takes from a program: directives in order, and how many words there are to read. */
export interface Reading {
  readonly bullets: readonly Bullet[];
  readonly words: number;
}

const phrases: Record<CueKind, string> = {
  trigger: "calls for",
  mark: "is marked with",
  case: "belongs to case number",
};
const emphasis = "MOST IMPORTANT: ";
const sentence =
  /^- (MOST IMPORTANT: )?When the request (calls for|is marked with|belongs to case number) `([^`]+)`, carry out `([^`]+)` before you answer\.(?: <!-- (\S+) -->)?[ \t]*$/;

/** Sixty words, title included: what every skill of the gym starts from. */
const prose = `# Requests

Requests come from several desks. A request calls for some things, may carry marks, and belongs to a numbered case. Work
out which steps it really needs, carry out each of them once, and leave out every other step. Then answer with nothing but
the names of the steps that you have carried out, separated by single commas.

## Directives
`;

/**
 * The bullet of a directive: 12 to 14 words, two more with emphasis. A new one gets an id that says what it says, so that
 * the same directive written twice has the same.
 */
export function bulletOf({ cue, step, isImportant, id }: Directive & { id?: string }): string {
  const { kind, word } = partsOfCue(cue);
  const said = `When the request ${phrases[kind]} \`${word}\`, carry out \`${step}\` before you answer.`;
  return `- ${isImportant ? emphasis : ""}${said} <!-- ${id ?? `${word}-${step}`} -->`;
}

/** A valid skill with these directives and nothing else in it. */
export function createGymSkill(directives: readonly Directive[] = []): SkillFolder {
  const frontmatter = "---\nname: requests\ndescription: Says which steps a request needs.\n---\n\n";
  const text = `${frontmatter}${prose}\n${directives.map((directive) => `${bulletOf(directive)}\n`).join("")}`;
  return createSkillFolder("requests", { [SKILL_FILE]: new TextEncoder().encode(text) });
}

/**
 * Reads the main files of the skills, in order. Bullets that are no directive, and all other prose, count as words and are
 * nothing else; frontmatter, comments and signs without a letter or digit are no words. A directive without an id, or with
 * one that was used before, gets one of its own.
 */
export function readSkills(skills: readonly SkillFolder[]): Reading {
  const bullets: Bullet[] = [];
  let words = 0;
  for (const skill of skills) {
    const text = textOf(skill) ?? "";
    const { bodyStart, body } = parseFrontmatter(text);
    words += countWords(body);
    for (const { text: line, fenced } of markdownLines(text, bodyStart)) {
      const match = fenced ? null : sentence.exec(line);
      if (match !== null) bullets.push(bulletFrom(match, { skill: skill.name, taken: bullets }));
    }
  }
  return { bullets, words };
}

function bulletFrom(
  [line, mark, phrase, word = "", step = "", written]: RegExpExecArray,
  { skill, taken }: { skill: string; taken: readonly Bullet[] },
): Bullet {
  const kind = (Object.keys(phrases) as CueKind[]).find((each) => phrases[each] === phrase) ?? "trigger";
  const wanted = written ?? `${word}-${step}`;
  let id = wanted;
  for (let count = 2; taken.some((bullet) => bullet.id === id); count += 1) id = `${wanted}~${count}`;
  return { id, skill, line, cue: cueOf(kind, word), step, isImportant: mark !== undefined };
}

function countWords(text: string): number {
  return withoutComments(text)
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
