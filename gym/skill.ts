import { createSkillFolder, SKILL_FILE, textOf, type SkillFolder } from "../skills/folder.ts";
import { withoutComments } from "../skills/comments.ts";
import { parseFrontmatter } from "../skills/frontmatter.ts";
import { markdownLines } from "../skills/lines.ts";
import { cueOf, partsOfCue, type Cue, type CueKind } from "./cue.ts";
import { directivesShown, exampleIn, type Example } from "./examples.ts";

/** One instruction: at this cue, do this step. */
export interface Directive {
  readonly cue: Cue;
  readonly step: string;
  readonly isImportant: boolean;
}

/**
 * A directive as it stands in a skill. `id` stays with it when it moves; `place` is its skill and its id in that skill alone, as `skill/id`; `line` is its bullet, without the line end.
 * `weight` in 0..1 is how sure it is what to do: below 1 where it was gathered from examples.
 */
export interface Bullet extends Directive {
  readonly id: string;
  readonly skill: string;
  readonly place: string;
  readonly line: string;
  readonly weight: number;
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

const shortProse = `# Requests

Carry out each step once, and leave out every other step. Answer with the steps alone.

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
  return skillWith({ name: "requests", description: "Says which steps a request needs.", prose }, directives);
}

/** A skill of a library: the same with two sentences instead of prose. */
export function createShelvedSkill(
  { name, description }: { name: string; description: string },
  directives: readonly Directive[] = [],
): SkillFolder {
  return skillWith({ name, description, prose: shortProse }, directives);
}

function skillWith(
  { name, description, prose: body }: { name: string; description: string; prose: string },
  directives: readonly Directive[],
): SkillFolder {
  const frontmatter = `---\nname: ${name}\ndescription: ${description}\n---\n\n`;
  const text = `${frontmatter}${body}\n${directives.map((directive) => `${bulletOf(directive)}\n`).join("")}`;
  return createSkillFolder(name, { [SKILL_FILE]: new TextEncoder().encode(text) });
}

/**
 * Reads the main files of the skills, in order. Bullets that are no directive, and all other prose, count as words and are
 * nothing else; frontmatter, comments and signs without a letter or digit are no words. A directive without an id, or with
 * one that was used before, gets one of its own. What examples show comes last.
 */
export function readSkills(skills: readonly SkillFolder[]): Reading {
  const read = skills.map(readOne);
  const bullets: Bullet[] = [];
  for (const bullet of read.flatMap((one) => one.bullets)) bullets.push(named(bullet, bullets));
  for (const shown of directivesShown(read.flatMap(({ examples }) => examples))) bullets.push(named(shown, bullets));
  return { bullets, words: read.reduce((sum, one) => sum + one.words, 0) };
}

type Unnamed = Omit<Bullet, "place">;

interface Read {
  bullets: readonly Unnamed[];
  examples: readonly Example[];
  words: number;
}

/** A folder does not change, so it is read once. */
const known = new WeakMap<SkillFolder, Read>();

function readOne(skill: SkillFolder): Read {
  const before = known.get(skill);
  if (before !== undefined) return before;
  const text = textOf(skill) ?? "";
  const { bodyStart, body } = parseFrontmatter(text);
  const lines = [...markdownLines(text, bodyStart)].flatMap(({ text: line, fenced }) => (fenced ? [] : [line]));
  const read = {
    bullets: lines.flatMap((line) => bulletFrom(line, skill.name) ?? []),
    examples: lines.flatMap((line) => exampleIn(line, skill.name) ?? []),
    words: countWords(body),
  };
  known.set(skill, read);
  return read;
}

function bulletFrom(text: string, skill: string): Unnamed | undefined {
  const match = sentence.exec(text);
  if (match === null) return undefined;
  const [line, mark, phrase, word = "", step = "", written] = match;
  const kind = (Object.keys(phrases) as CueKind[]).find((each) => phrases[each] === phrase) ?? "trigger";
  const id = written ?? `${word}-${step}`;
  return { id, skill, line, cue: cueOf(kind, word), step, isImportant: mark !== undefined, weight: 1 };
}

/** A bullet under an id that none has that was read before, in its skill and in all. */
function named(bullet: Unnamed, taken: readonly Bullet[]): Bullet {
  const { skill, id } = bullet;
  const placeOf = (own: string) => `${skill}/${own}`;
  return {
    ...bullet,
    id: free(id, (each) => taken.some((other) => other.id === each)),
    place: placeOf(free(id, (each) => taken.some(({ place }) => place === placeOf(each)))),
  };
}

function free(wanted: string, isTaken: (id: string) => boolean): string {
  let id = wanted;
  for (let count = 2; isTaken(id); count += 1) id = `${wanted}~${count}`;
  return id;
}

function countWords(text: string): number {
  return withoutComments(text)
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
