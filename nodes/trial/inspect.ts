import type { SkillFolder } from "../../skills/folder.ts";
import { lessonsBlock } from "../../skills/lessons.ts";
import { checkSkill, subjectOfProblem } from "../../skills/limits.ts";
import type { Candidate, Finding } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";

/** What is wrong with a candidate as it is written: nothing is changed, no skill is left, one cannot be read, or breaks the specification where its parents did not, or edits change lessons. */
export async function inspect(
  payload: Pick<Payload, "program">,
  { program, parents, extra }: Candidate,
): Promise<Finding[]> {
  if (parents.includes(program)) {
    return [{ program, rule: "no-change", severity: "block", message: "The edits leave the program as it was." }];
  }
  const before = (await Promise.all(parents.map((parent) => payload.program(parent)))).flat();
  const known = new Set(
    before.flatMap((skill) => checkSkill(skill).map((problem) => `${skill.name}${subjectOfProblem(problem)}`)),
  );
  const skills = await payload.program(program);
  const changed = extra["epoch"] === undefined ? changedLessons(skills, before) : undefined;
  if (changed !== undefined) {
    const message = `An edit changes the lessons of past epochs in ${changed}, which only a reflector writes.`;
    return [{ program, rule: "lessons", severity: "block", message }];
  }
  if (skills.length === 0)
    return [{ program, rule: "no-skill", severity: "block", message: "The program has no skill any more." }];
  return skills.flatMap((skill) =>
    checkSkill(skill).map((problem) => {
      const { rule, severity, message } = problem;
      const isWorse = severity === "unpublishable" && !known.has(`${skill.name}${subjectOfProblem(problem)}`);
      return {
        program,
        rule,
        severity: severity === "error" || isWorse ? ("block" as const) : ("warn" as const),
        message,
      };
    }),
  );
}

/** The skill whose lessons are those of none of its parents; undefined where there is none. */
function changedLessons(skills: readonly SkillFolder[], before: readonly SkillFolder[]): string | undefined {
  return skills.find((skill) => {
    const old = before.filter(({ name }) => name === skill.name);
    const block = lessonsBlock(skill);
    return old.length === 0 ? block !== null : old.every((each) => lessonsBlock(each) !== block);
  })?.name;
}
