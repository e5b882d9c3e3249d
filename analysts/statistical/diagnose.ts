import type { SkillFolder } from "../../skills/folder.ts";
import type { Deficiency, Failure } from "../../state/study.ts";

export function diagnoseFailures(failures: readonly Failure[], skills: readonly SkillFolder[]): Deficiency[] {
  return failures.length === 0 ? [] : [{ skill: skills[0]!.name, file: "SKILL.md", place: null, defect: "missing", category: "missing_rule", severity: "low", tasks: failures.map((f) => f.task), plan: "", extra: {} }];
}
