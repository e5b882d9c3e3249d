import { createSkillFolder, decodeText, mainFile, textOf, type SkillFolder } from "../folder.ts";
import { parseFrontmatter } from "../frontmatter.ts";
import { wordsOf } from "../leakage/words.ts";
import { headingOf, markdownLines } from "../lines.ts";
import { shorten } from "../shorten.ts";
import { conceptsIn } from "./faithfulness.ts";
import { itemsOf, type BodyItem, type ItemKind } from "./items.ts";

/** Where items go, and when they are to be read. */
const references = {
  background: { file: "references/background.md", title: "Background", when: "why it is done so, or what it is about" },
  example: { file: "references/examples.md", title: "Examples", when: "an example" },
  template: { file: "references/templates.md", title: "Templates", when: "a template to fill in" },
} as const;
type Movable = keyof typeof references;

const mostTopics = 5;
const topicCharacters = 40;

/**
 * The skill with its core rules alone in the main file: background, examples and templates in files of `references`, each with its topics at the top, and a line
 * in the main file that says when to read it; what is redundant is dropped, and what a reference says already is not added to it (SkillReducer,
 * arXiv 2603.29919, stage 2 [S]; the lines are ours [R]). `kept` are items that stay whatever they are. Undefined where nothing would move.
 */
export function reduceBody(
  skill: SkillFolder,
  kinds: readonly ItemKind[],
  kept: ReadonlySet<number> = new Set(),
): SkillFolder | undefined {
  const file = mainFile(skill);
  const text = textOf(skill, file) ?? "";
  const items = itemsOf(text);
  const leaving = items.flatMap((item, place) => {
    const kind = kinds[place] ?? "core_rule";
    return kind === "core_rule" || kept.has(place) ? [] : [{ item, kind }];
  });
  if (leaving.length === 0) return undefined;
  const files: Record<string, Uint8Array> = { ...skill.files };
  const lines: string[] = [];
  for (const kind of Object.keys(references) as Movable[]) {
    const own = leaving.filter((one) => one.kind === kind).map(({ item }) => item);
    if (own.length === 0) continue;
    const reference = references[kind];
    const known = decodeText(files[reference.file] ?? new Uint8Array()) ?? "";
    files[reference.file] = encode(referenceText(reference.title, known, own));
    lines.push(`- Read \`${reference.file}\` when you need ${reference.when}: ${topicsOf(own).join("; ")}.`);
  }
  const rest = withoutEmptySections(
    withoutItems(
      text,
      leaving.map(({ item }) => item),
    ),
  );
  files[file] = encode(withReferences(rest, lines));
  return createSkillFolder(skill.name, files);
}

/**
 * Places of the items that leave, those first that instruct the most: what is given back to the main file when tasks are missed. The paper returns what failed
 * lines of a rubric need [S]; here tasks of the gate are held out, so the number of operational concepts decides [R].
 */
export function leavingItems(text: string, kinds: readonly ItemKind[]): number[] {
  return itemsOf(text)
    .map((item, place) => ({ place, weight: conceptsIn(item.text).length }))
    .filter(({ place }) => kinds[place] !== undefined && kinds[place] !== "core_rule")
    .toSorted((a, b) => b.weight - a.weight || a.place - b.place)
    .map(({ place }) => place);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function referenceText(title: string, known: string, items: readonly BodyItem[]): string {
  const said = wordsOf(known).join(" ");
  const added = items.filter(({ text }) => !said.includes(wordsOf(text).join(" ")));
  const head = known === "" ? `# ${title}\n\nTopics: ${topicsOf(items).join("; ")}\n` : known.trimEnd() + "\n";
  let last = "";
  const parts = added.map(({ text, titles }) => {
    const heading = titles.at(-1) ?? "";
    const isNew = heading !== "" && heading !== last;
    last = heading;
    return `${isNew ? `\n## ${heading}\n` : ""}\n${text.trimEnd()}\n`;
  });
  return head + parts.join("");
}

/** Headings of items, or how they begin where a heading says no more than the name of the reference. */
function topicsOf(items: readonly BodyItem[]): string[] {
  const plain = Object.values(references).map(({ title }) => title.toLowerCase());
  const topics = items.map(({ titles, text }) => {
    const heading = titles.at(-1) ?? "";
    return heading === "" || plain.includes(heading.toLowerCase()) ? (text.trim().split("\n")[0] ?? "") : heading;
  });
  return [...new Set(topics.map((topic) => shorten(topic.replaceAll("`", ""), topicCharacters)))].slice(0, mostTopics);
}

function withoutItems(text: string, items: readonly BodyItem[]): string {
  let at = 0;
  const parts = items.map(({ start, end }) => {
    const part = text.slice(at, start);
    at = end;
    return part;
  });
  return [...parts, text.slice(at)].join("");
}

/** Without headings that have nothing below them, and without the blank lines that are left over; frontmatter and code stay as they are. */
function withoutEmptySections(text: string): string {
  const { bodyStart } = parseFrontmatter(text);
  const lines = [...markdownLines(text, bodyStart)].map((line) => ({
    text: text.slice(line.start, line.end),
    heading: line.fenced ? undefined : headingOf(line.text),
    isBlank: !line.fenced && line.text.trim() === "",
  }));
  const isEmpty = (at: number): boolean => {
    const level = lines[at]?.heading?.level;
    if (level === undefined || level === 1) return false;
    const next = lines.slice(at + 1).find(({ isBlank }) => !isBlank);
    return next === undefined || (next.heading !== undefined && next.heading.level <= level);
  };
  const isLeftOver = (at: number): boolean => lines[at]?.isBlank === true && lines[at - 1]?.isBlank === true;
  const joined = (isKept: (at: number) => boolean): string =>
    text.slice(0, bodyStart) + lines.flatMap((line, at) => (isKept(at) ? [line.text] : [])).join("");
  if (lines.some((_, at) => isEmpty(at))) return withoutEmptySections(joined((at) => !isEmpty(at)));
  return joined((at) => !isLeftOver(at));
}

function withReferences(text: string, lines: readonly string[]): string {
  if (lines.length === 0) return text;
  const heading = /^## References[ \t]*$/m.exec(text);
  if (heading === null) return `${text.trimEnd()}\n\n## References\n\n${lines.join("\n")}\n`;
  const end = heading.index + heading[0].length;
  return `${text.slice(0, end)}\n\n${lines.join("\n")}\n${text.slice(end)}`;
}
