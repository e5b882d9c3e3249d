import { parseFrontmatter } from "../../skills/frontmatter.ts";
import { textOf, type SkillFolder } from "../../skills/folder.ts";

/** Long lines tell one text from another; a few are enough, and all of them would be slow to look for. */
const marksPerSkill = 8;

/**
 * Tells which skills a model was shown: those of which a line stood in a message, frontmatter aside, since a catalogue
 * repeats that. Looked for are the longest lines of the main file, so that a part of it, or lines with numbers, count.
 */
export function createShownSkills(skills: readonly SkillFolder[]) {
  const hidden = new Map(skills.map((skill) => [skill.name, marksOf(skill)]));
  const shown = new Set<string>();
  return {
    look(text: string): void {
      for (const [name, marks] of hidden) {
        if (!marks.some((mark) => text.includes(mark))) continue;
        shown.add(name);
        hidden.delete(name);
      }
    },
    /** In the order of the skills. */
    names: () => skills.map(({ name }) => name).filter((name) => shown.has(name)),
  };
}

function marksOf(skill: SkillFolder): string[] {
  const { body } = parseFrontmatter(textOf(skill) ?? "");
  const lines = new Set(body.split("\n").map((line) => line.trim()));
  lines.delete("");
  return [...lines].toSorted((one, other) => other.length - one.length).slice(0, marksPerSkill);
}
