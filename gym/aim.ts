import type { EditBudget } from "../analysts/analyst.ts";
import type { SkillFolder } from "../skills/folder.ts";
import { isFor } from "./home.ts";
import type { World } from "./world.ts";
import type { Change } from "./writer.ts";

interface Aiming {
  skills: readonly SkillFolder[];
  world: World;
  budget: Pick<EditBudget, "scope" | "purpose" | "frozen">;
}

/**
 * Changes as the recipe wants them: only in the skill that is to be patched; as a skill beside it where one is to be created; and none in skills that stay as they are: what
 * belongs there goes into a new one, where that is allowed.
 */
export function aimed(changes: ReadonlyArray<Change | null>, { skills, world, budget }: Aiming): Array<Change | null> {
  const { purpose, scope, frozen = [] } = budget;
  const isWide = scope === "program";
  return changes.map((change) => {
    if (change === null || change.operator === "create") return change;
    if (change.operator !== "add") {
      const { skill } = change.bullet;
      const isOther = purpose !== undefined && (purpose.action === "create" || purpose.skill !== skill);
      return isOther || frozen.includes(skill) ? null : change;
    }
    const { desk } = change;
    if (purpose?.action === "create") return isWide ? besides(change, skills) : null;
    const skill = purpose?.skill ?? change.skill;
    if (isWide && purpose === undefined && desk !== null && lacks(desk, skills, world)) return besides(change, skills);
    if (!frozen.includes(skill)) return { ...change, skill };
    const open = skills.find((each) => desk !== null && !frozen.includes(each.name) && isFor(desk, each));
    if (open !== undefined) return { ...change, skill: open.name };
    return isWide ? besides(change, skills) : null;
  });
}

/** The same directive in a new skill for the desk. */
function besides(change: Extract<Change, { operator: "add" }>, skills: readonly SkillFolder[]): Change | null {
  const { desk, directive } = change;
  return desk === null ? null : { operator: "create", skill: newName(desk, skills), desk, directive };
}

/** The name of a new skill for a desk. */
export function newName(desk: string, skills: readonly SkillFolder[]): string {
  let name = `${desk}-requests`;
  for (let count = 2; skills.some((skill) => skill.name === name); count += 1) name = `${desk}-requests-${count}`;
  return name;
}

/** Whether a library has skills for desks, and none for this one. */
function lacks(desk: string, skills: readonly SkillFolder[], { families }: World): boolean {
  const isForAny = (names: readonly string[]) => skills.some((skill) => names.some((name) => isFor(name, skill)));
  return !isForAny([desk]) && isForAny(families.map(({ name }) => name));
}
