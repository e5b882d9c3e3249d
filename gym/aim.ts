import type { EditBudget } from "../analysts/analyst.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { ScoredRollout } from "../state/task.ts";
import { isFor } from "./home.ts";
import { readSkills, type Bullet } from "./skill.ts";
import type { World } from "./world.ts";
import type { Change } from "./writer.ts";

interface Aiming {
  skills: readonly SkillFolder[];
  world: World;
  budget: Pick<EditBudget, "scope" | "purpose" | "frozen">;
}

/**
 * Changes as the recipe wants them: only in the skill that is to be patched or compressed; as a skill beside it where one is to be created; and none in skills that stay as they are: what
 * belongs there goes into a new one, where that is allowed. A draft that is to split a skill is none.
 */
export function aimed(changes: ReadonlyArray<Change | null>, { skills, world, budget }: Aiming): Array<Change | null> {
  const { purpose, scope, frozen = [] } = budget;
  const isWide = scope === "program";
  if (purpose?.action === "split") return [];
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
  if (desk === null) return null;
  let name = `${desk}-requests`;
  for (let count = 2; skills.some((skill) => skill.name === name); count += 1) name = `${desk}-requests-${count}`;
  return { operator: "create", skill: name, desk, directive };
}

/** Whether a library has skills for desks, and none for this one. */
function lacks(desk: string, skills: readonly SkillFolder[], { families }: World): boolean {
  const isForAny = (names: readonly string[]) => skills.some((skill) => names.some((name) => isFor(name, skill)));
  return !isForAny([desk]) && isForAny(families.map(({ name }) => name));
}

/** The directives of a skill that no answer of some rollouts followed. */
export function idleBullets(
  skill: string,
  skills: readonly SkillFolder[],
  rollouts: readonly ScoredRollout[],
): Bullet[] {
  const own = skills.filter(({ name }) => name === skill);
  const followed = new Set(
    rollouts.flatMap(({ rollout: { answer } }) =>
      (answer?.trace ?? [])
        .filter(({ event }) => event === "followed")
        .map(({ step, skill: from }) => `${from} ${step}`),
    ),
  );
  return readSkills(own).bullets.filter(({ step }) => !followed.has(`${skill} ${step}`));
}
