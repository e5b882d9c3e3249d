import { readProgram } from "../../readers/skill.ts";
import type { SkillFolder } from "../../skills/folder.ts";
import { checkSkill, type SpecProblem } from "../../skills/limits.ts";
import { ok, problem, warning, type Check } from "./check.ts";

/**
 * Whether skills can be read, and whether they may be published: what the specification is against is a warning with file and line, or
 * with `strict` a problem. Advice stays a warning.
 */
export async function checkSkills(path: string, { strict }: { strict: boolean }): Promise<Check[]> {
  const skills = await readProgram(path);
  return skills.flatMap((skill) => {
    const found = checkSkill(skill);
    const checks = found.map((each) => {
      const report = strict && each.severity === "unpublishable" ? problem : warning;
      return report("skill", `${placeOf(skill, each)}: ${each.message}`);
    });
    const isFit = found.every(({ severity }) => severity === "warning");
    return [ok("skill", `${skill.name} is readable${isFit ? " and can be published" : ""}`), ...checks];
  });
}

function placeOf(skill: SkillFolder, { file, line }: SpecProblem): string {
  return `${skill.name}/${file}${line === null ? "" : `, line ${line}`}`;
}
