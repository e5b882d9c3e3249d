import { createSkillFolder, decodeText, type SkillFolder } from "./folder.ts";
import { parseFrontmatter } from "./frontmatter.ts";
import { sectionsOf } from "./sections.ts";

/** Parts by name, in order: the sections of a text, the files of a skill, the skills of a program. */
type Parts<Part> = ReadonlyMap<string, Part>;

/**
 * Two programs merged over their common ancestor, part by part. A part that one of them changed is taken from it; what both
 * changed is taken from the preferred one, after its own parts are merged in turn: skills by files, Markdown files by
 * sections (frontmatter is one of them), other files as a whole. What one deleted and the other left alone is deleted.
 * Source: system-aware merge of GEPA (arXiv 2507.19457), with sections in the place of prompts of modules [R].
 */
export function mergePrograms(
  ancestor: readonly SkillFolder[],
  preferred: readonly SkillFolder[],
  other: readonly SkillFolder[],
): SkillFolder[] {
  const byName = (skills: readonly SkillFolder[]) => new Map(skills.map((skill) => [skill.name, skill]));
  const merged = mergeParts(byName(ancestor), byName(preferred), byName(other), {
    isSame: (one, another) => one.hash === another.hash,
    merge: mergeSkills,
  });
  return [...merged.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function mergeSkills(ancestor: SkillFolder, preferred: SkillFolder, other: SkillFolder): SkillFolder {
  const byPath = ({ files }: SkillFolder) => new Map(Object.entries(files));
  const isSame = (one: Uint8Array, another: Uint8Array) => Buffer.compare(one, another) === 0;
  const merged = mergeParts(byPath(ancestor), byPath(preferred), byPath(other), {
    isSame,
    merge: (from, one, another, path) => (path.endsWith(".md") ? mergeFiles(from, one, another) : one),
  });
  return createSkillFolder(preferred.name, Object.fromEntries(merged));
}

/** Files that are no UTF-8 text are not looked into. */
function mergeFiles(ancestor: Uint8Array, preferred: Uint8Array, other: Uint8Array): Uint8Array {
  const [from, one, another] = [ancestor, preferred, other].map((bytes) => decodeText(bytes));
  if (from === undefined || one === undefined || another === undefined) return preferred;
  const merged = mergeParts(partsOf(from), partsOf(one), partsOf(another), {
    isSame: (a, b) => a === b,
    merge: (_, first) => first,
  });
  return new TextEncoder().encode(joined([...merged.values()], one));
}

/** Parts one after the other. What was last in its text may lack a line break, which the next part needs before it. */
function joined(parts: readonly string[], text: string): string {
  const lineBreak = /\r\n?|\n/.exec(text)?.[0] ?? "\n";
  return parts.reduce((before, part) => {
    const isOpen = before !== "" && before !== "\uFEFF" && part !== "" && !/[\r\n]$/.test(before);
    return isOpen ? `${before}${lineBreak}${part}` : before + part;
  }, "");
}

/** The frontmatter and the sections of a text, by level, title and how many of that name came before; joined they are the text. */
function partsOf(text: string): Parts<string> {
  const parts = new Map([["frontmatter", text.slice(0, parseFrontmatter(text).bodyStart)]]);
  const seen = new Map<string, number>();
  for (const { level, title, start, end } of sectionsOf(text)) {
    const name = `${level} ${title}`;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    parts.set(`${name} ${before}`, text.slice(start, end));
  }
  return parts;
}

interface Ways<Part> {
  isSame(one: Part, other: Part): boolean;
  merge(ancestor: Part, preferred: Part, other: Part, name: string): Part;
}

/**
 * In the order of the preferred side, or of the other one where that alone moved parts; what only one side has comes after
 * what it follows there.
 */
function mergeParts<Part>(
  ancestor: Parts<Part>,
  preferred: Parts<Part>,
  other: Parts<Part>,
  { isSame, merge }: Ways<Part>,
): Map<string, Part> {
  const same = (one: Part | undefined, another: Part | undefined) =>
    one === undefined || another === undefined ? one === another : isSame(one, another);
  const merged = new Map<string, Part>();
  const isOtherMoved = isInOrder(preferred, ancestor) && !isInOrder(other, ancestor);
  for (const name of isOtherMoved ? namesOf(other, preferred) : namesOf(preferred, other)) {
    const [from, one, another] = [ancestor.get(name), preferred.get(name), other.get(name)];
    const isChangedInBoth = !same(one, from) && !same(another, from) && !same(one, another);
    const isThere = from !== undefined && one !== undefined && another !== undefined;
    const part = isChangedInBoth && isThere ? merge(from, one, another, name) : same(one, from) ? another : one;
    if (part !== undefined) merged.set(name, part);
  }
  return merged;
}

/** Whether the parts that both have come in the same order. */
function isInOrder(parts: Parts<unknown>, ancestor: Parts<unknown>): boolean {
  const before = [...ancestor.keys()].filter((name) => parts.has(name));
  const now = [...parts.keys()].filter((name) => ancestor.has(name));
  return now.every((name, at) => name === before[at]);
}

/** The names of the first side, and those that only the second one has after what they follow there. */
function namesOf(first: Parts<unknown>, second: Parts<unknown>): string[] {
  const names = [...first.keys()];
  let after = -1;
  for (const name of second.keys()) {
    const at = names.indexOf(name);
    if (at === -1) names.splice((after += 1), 0, name);
    else after = at;
  }
  return names;
}
