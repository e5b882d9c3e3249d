import { mainFile, textOf, type SkillFolder } from "../../skills/folder.ts";
import type { SkillFinding } from "../../state/program.ts";
import { readSkill } from "./rules.ts";
import { sectionNames } from "./section.ts";

/** Bullets that are not executed, ids that are taken, and, where nothing of all the skills is executed, that. */
export function inspectSkills(skills: readonly SkillFolder[]): SkillFinding[] {
  const read = skills
    .filter((skill) => textOf(skill) !== undefined)
    .map((skill) => ({ skill: skill.name, file: mainFile(skill), ...readSkill(textOf(skill) ?? "") }));
  const found = read.flatMap(({ skill, file, findings }) =>
    findings.map(({ line, column, isExecuted, message }) => ({
      skill,
      file,
      line,
      column,
      message: isExecuted ? message : `not executed: ${message}`,
    })),
  );
  const [first] = read;
  if (first === undefined || read.some(({ rules }) => rules.length > 0)) return found;
  const { skill, file } = first;
  const sections = sectionNames.map((name) => `## ${name}`).join(", ");
  const message = `nothing in the skill is executed: the procedure agent executes only bullets in its controlled English below ${sections}`;
  return [...found, { skill, file, line: null, column: null, message }];
}
