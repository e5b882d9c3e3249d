import { SKILL_FILE, textOf, type SkillFolder } from "../folder.ts";
import { parseFrontmatter } from "../frontmatter.ts";
import { foldedName } from "../operations.ts";

/** Skills that the specification, a host or a system that ignores case takes for one. */
export interface NameClash {
  /** Of the folders, in order. */
  readonly skills: readonly string[];
  /** As each of them says it in its frontmatter, or else its folder. */
  readonly names: readonly string[];
}

/** The skills whose folders or names in the frontmatter are the same, at most but for case and Unicode form. */
export function nameClashes(skills: readonly SkillFolder[]): NameClash[] {
  const named = skills.map(({ name: folder, ...skill }) => {
    const { fields } = parseFrontmatter(textOf({ name: folder, ...skill }, SKILL_FILE) ?? "");
    const name = fields?.["name"];
    return { folder, name: typeof name === "string" ? name : folder };
  });
  const groups = new Map<string, typeof named>();
  for (const one of named) {
    for (const key of new Set([foldedName(one.folder), foldedName(one.name)]))
      groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({ skills: group.map(({ folder }) => folder), names: group.map(({ name }) => name) }));
}
