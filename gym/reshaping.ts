import type { Purpose } from "../policies/drafting.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { ScoredRollout } from "../state/task.ts";
import { newName } from "./aim.ts";
import { mainDesk } from "./home.ts";
import { readSkills } from "./skill.ts";
import type { Change } from "./writer.ts";

interface Reshaping {
  skills: readonly SkillFolder[];
  rollouts: readonly ScoredRollout[];
  /** Edits that a draft may have. */
  edits: number;
}

/** What makes a skill shorter: its directives go that no answer of the rollouts followed. */
export function compressions(skill: string, { skills, rollouts }: Reshaping): Change[] {
  const followed = new Set(rollouts.flatMap((rollout) => followedIn(skill, rollout)));
  return bulletsOf(skill, skills)
    .filter(({ step }) => !followed.has(step))
    .map((bullet) => ({ operator: "delete", bullet }));
}

/**
 * What splits a skill: the directives that answers to tasks of one group alone followed move into a new skill for the desk that most of these tasks come from. The group is the one with most of them;
 * none moves where all would. As many move as fit, one edit each and one that creates the skill.
 */
export function moves(
  { skill, groups }: Purpose & { action: "split" },
  { skills, rollouts, edits }: Reshaping,
): Change[] {
  const own = bulletsOf(skill, skills);
  const parts = groups.map((tasks) => {
    const part = rollouts.filter(({ rollout }) => tasks.includes(rollout.task));
    const followed = new Set(part.flatMap((rollout) => followedIn(skill, rollout)));
    return { followed, desk: mainDesk(part.map(({ question }) => question.input)) };
  });
  const found = parts.flatMap(({ followed, desk }) => {
    const others = parts.filter((part) => part.followed !== followed);
    const bullets = own.filter(({ step }) => followed.has(step) && !others.some((part) => part.followed.has(step)));
    return desk === undefined || bullets.length === 0 || bullets.length === own.length ? [] : [{ desk, bullets }];
  });
  const [most] = found.toSorted((one, other) => other.bullets.length - one.bullets.length);
  if (most === undefined) return [];
  const { desk } = most;
  const name = newName(desk, skills);
  return most.bullets.slice(0, Math.floor(edits / 2)).flatMap((bullet): Change[] => [
    { operator: "delete", bullet },
    { operator: "create", skill: name, desk, directive: bullet },
  ]);
}

function bulletsOf(skill: string, skills: readonly SkillFolder[]) {
  return readSkills(skills).bullets.filter((bullet) => bullet.skill === skill);
}

/** The steps for which an answer followed a directive of a skill. */
function followedIn(skill: string, { rollout: { answer } }: ScoredRollout): string[] {
  return (answer?.trace ?? []).flatMap(({ event, skill: from, step }) =>
    event === "followed" && from === skill ? [String(step)] : [],
  );
}
