import { byTask, meanOfSamples, worstOfTasks } from "../policies/samples.ts";
import type { SkillFolder } from "../skills/folder.ts";
import type { Edit } from "../state/program.ts";
import type { ScoredRollout } from "../state/task.ts";

/** Edits that were tried in one generation, and what became of them. `delta` is the change of the validation score. */
export interface Attempt {
  generation: number;
  edits: readonly Edit[];
  /** The operators that made them, and the category of failures that most tasks of its batch had. */
  operators: readonly string[];
  category: string;
  accepted: boolean;
  reason: string;
  delta: number;
}

/** What a reflector looks back on. */
export interface Epoch {
  attempts: readonly Attempt[];
  /** Rolled-out train tasks under the program the epoch began with. */
  before: readonly ScoredRollout[];
  /** The same tasks under the program it ended with. */
  after: readonly ScoredRollout[];
  /** What earlier epochs taught; null in the first. */
  guidance: string | null;
}

/** The lessons of a skill, whole: they take the place of those that it has. A text without a word takes them out. */
export interface Lessons {
  skill: string;
  text: string;
}

/** Lessons are a candidate like any other: nothing of them enters the skill without the gate. */
export interface Reflection {
  /** Null where they stay as they are. */
  lessons: Lessons | null;
  /** For the `EditBudget` of the generations to come, never part of a skill; null where nothing is known. */
  guidance: string | null;
}

/** Looks back on an epoch: lessons that single steps do not see (slow update), and notes for proposers (meta update). */
export interface Reflector {
  readonly fingerprint: string;
  reflect(epoch: Epoch, skills: readonly SkillFolder[]): Promise<Reflection>;
}

/** What became of tasks that have a score before and after, as they are after. */
export interface Changes {
  improved: ScoredRollout[];
  regressed: ScoredRollout[];
  /** No better, and not right. */
  persistent: ScoredRollout[];
  /** Right before and after. */
  stable: ScoredRollout[];
}

export function changesOf({ before, after }: Pick<Epoch, "before" | "after">): Changes {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  const changes: Changes = { improved: [], regressed: [], persistent: [], stable: [] };
  for (const each of worstOfTasks(after)) {
    const [was, is] = [old.get(each.rollout.task), now.get(each.rollout.task)];
    if (was === undefined || is === undefined) continue;
    const kind = is > was ? "improved" : is < was ? "regressed" : is < 1 ? "persistent" : "stable";
    changes[kind].push(each);
  }
  return changes;
}

/** The score of each task, over its samples. */
function valuesOf(rollouts: readonly ScoredRollout[]): Map<string, number | undefined> {
  const tasks = byTask(rollouts, ({ rollout }) => rollout.task);
  return new Map(tasks.map(({ task, rows }) => [task, meanOfSamples(rows.map(({ score }) => score))?.value]));
}
