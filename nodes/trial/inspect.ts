import { z } from "zod";
import type { SkillFolder } from "../../skills/folder.ts";
import { lessonsBlock } from "../../skills/lessons.ts";
import { checkSkill, subjectOfProblem } from "../../skills/limits.ts";
import { Edit, type Candidate, type Finding } from "../../state/program.ts";
import type { Payload } from "../../stores/payload/payload.ts";

const Edits = z.array(Edit);

/**
 * What is wrong with a candidate as it is written: nothing is changed, no skill is left, one cannot be read, or breaks the specification where
 * its parents did not, or edits change lessons. A renamed skill is compared with what it was; a new one has to keep to all of the specification.
 * Not strict, what breaks the specification and can be read is a warning.
 */
export async function inspect(
  payload: Pick<Payload, "program" | "json">,
  { program, parents, extra, edits }: Candidate,
  { isStrict = true }: { isStrict?: boolean } = {},
): Promise<Finding[]> {
  if (parents.includes(program)) {
    return [{ program, rule: "no-change", severity: "block", message: "The edits leave the program as it was." }];
  }
  const before = (await Promise.all(parents.map((parent) => payload.program(parent)))).flat();
  const skills = await payload.program(program);
  const hasNew = skills.some(({ name }) => !before.some((skill) => skill.name === name));
  const names = hasNew ? renamesIn(await payload.json(edits, Edits)) : new Map<string, string>();
  const known = new Set(
    before.flatMap((skill) =>
      checkSkill(skill).map((problem) => `${names.get(skill.name) ?? skill.name}${subjectOfProblem(problem)}`),
    ),
  );
  const changed = extra["epoch"] === undefined ? changedLessons(skills, before, names) : undefined;
  if (changed !== undefined) {
    const message = `An edit changes the lessons of past epochs in ${changed}, which only a reflector writes.`;
    return [{ program, rule: "lessons", severity: "block", message }];
  }
  if (skills.length === 0)
    return [{ program, rule: "no-skill", severity: "block", message: "The program has no skill any more." }];
  return skills.flatMap((skill) =>
    checkSkill(skill).map((problem) => {
      const { rule, severity, message } = problem;
      const isWorse =
        isStrict && severity === "unpublishable" && !known.has(`${skill.name}${subjectOfProblem(problem)}`);
      return {
        program,
        rule,
        severity: severity === "error" || isWorse ? ("block" as const) : ("warn" as const),
        message,
      };
    }),
  );
}

type Renames = ReadonlyMap<string, string>;

/** New names of skills by their old ones. */
function renamesIn(edits: readonly Edit[]): Renames {
  return new Map(edits.flatMap((edit) => (edit.op === "rename-skill" ? [[edit.skill, edit.to] as const] : [])));
}

/** The skill whose lessons are those of none of its parents, or one that is gone with its lessons; undefined where there is none. */
function changedLessons(
  skills: readonly SkillFolder[],
  before: readonly SkillFolder[],
  names: Renames,
): string | undefined {
  const old = before.map((skill) => ({ name: names.get(skill.name) ?? skill.name, block: lessonsBlock(skill) }));
  const changed = skills.find((skill) => {
    const own = old.filter(({ name }) => name === skill.name);
    const block = lessonsBlock(skill);
    return own.length === 0 ? block !== null : own.every((each) => each.block !== block);
  });
  const gone = old.find(({ name, block }) => block !== null && !skills.some((skill) => skill.name === name));
  return changed?.name ?? gone?.name;
}
