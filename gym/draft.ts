import type { EditBudget, Proposal } from "../analysts/analyst.ts";
import { SKILL_FILE, textOf, type SkillFolder } from "../skills/folder.ts";
import { canonicalJson } from "../state/json.ts";
import type { Edit, TextEdit } from "../state/program.ts";
import { createShelvedSkill, readSkills, type Directive } from "./skill.ts";
import type { World } from "./world.ts";
import { createWriter, type Chance, type Change } from "./writer.ts";

interface Writing {
  budget: EditBudget;
  chance: Chance;
  world: World;
  drift: number;
}

/** As many of the changes as the budget allows in one draft, first come first; none the gate has turned down before. A skill that is created counts once for each of its directives. */
export function writeDraft(
  skills: readonly SkillFolder[],
  changes: ReadonlyArray<Change | null>,
  { budget, chance, world, drift }: Writing,
): Proposal {
  const steps = world.rules.map(({ step }) => step);
  const writers = new Map(skills.map((skill) => [skill.name, createWriter(skill, { steps, drift, chance })]));
  const rejected = new Set(budget.rejected.map((edit) => canonicalJson(edit)));
  const edits: TextEdit[] = [];
  const created = new Map<string, Created>();
  const operators: string[] = [];
  for (const change of changes) {
    if (operators.length === budget.edits) break;
    if (change === null) continue;
    if (change.operator === "create") {
      const skill = created.get(change.skill) ?? { desk: change.desk, directives: [] };
      created.set(change.skill, { ...skill, directives: [...skill.directives, change.directive] });
      operators.push("create");
      continue;
    }
    const edit = writers.get(change.operator === "add" ? change.skill : change.bullet.skill)?.(change) ?? null;
    if (edit === null || rejected.has(canonicalJson(edit))) continue;
    edits.push(edit);
    operators.push(change.operator);
  }
  const all = [...withoutEmpty(skills, edits, budget), ...[...created].map(creation)];
  const kept = all.filter((edit) => !rejected.has(canonicalJson(edit)));
  if (kept.length === 0) return { drafts: [], simulations: 0 };
  const target = [...new Set(kept.map(({ skill }) => skill))].join(", ");
  const origin = { operator: operators[0] ?? "none", target, features: { operators } };
  return { drafts: [{ edits: kept, origin }], simulations: 0 };
}

interface Created {
  desk: string;
  directives: readonly Directive[];
}

function creation([name, { desk, directives }]: readonly [string, Created]): Edit {
  const skill = createShelvedSkill(
    { name, description: `Says which steps requests of the ${desk} desk need.` },
    directives,
  );
  return { op: "create-file", skill: name, file: SKILL_FILE, text: textOf(skill) ?? "" };
}

/** The same, but a skill that would be left without a directive is deleted where that is allowed and another one is left. */
function withoutEmpty(skills: readonly SkillFolder[], edits: readonly TextEdit[], { scope }: EditBudget): Edit[] {
  if (scope !== "program") return [...edits];
  const isLeft = ({ name }: SkillFolder) => !emptied.has(name);
  const emptied = new Set<string>();
  for (const skill of skills) {
    const own = edits.filter((edit) => edit.skill === skill.name);
    const { length } = readSkills([skill]).bullets;
    const isEmptied = own.length > 0 && own.length === length && own.every(({ op }) => op === "delete");
    if (isEmptied && skills.some((other) => other !== skill && isLeft(other))) emptied.add(skill.name);
  }
  return [
    ...edits.filter(({ skill }) => !emptied.has(skill)),
    ...[...emptied].map((skill): Edit => ({ op: "delete-skill", skill })),
  ];
}
