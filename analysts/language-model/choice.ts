import { worstOfTasks } from "../../policies/samples.ts";
import { programHash, type SkillFolder } from "../../skills/folder.ts";
import { canonicalJson } from "../../state/json.ts";
import type { Deficiency } from "../../state/study.ts";
import type { ScoredRollout } from "../../state/task.ts";

/** Failures: rollouts that have a score, and not the best one, the worst of each task. Missing ones are none. */
export function failedOf(rollouts: readonly ScoredRollout[]): ScoredRollout[] {
  return worstOfTasks(rollouts).filter(({ score }) => score !== null && score.value < 1);
}

/**
 * Some of the rollouts, as different as they come: one of each pair of expected answer and answer in turn, most frequent
 * pairs first, until there are enough. Deterministic; within a pair in the order given.
 */
export function chooseDiverse(rollouts: readonly ScoredRollout[], limit: number): ScoredRollout[] {
  const kinds = new Map<string, ScoredRollout[]>();
  for (const each of rollouts) {
    const kind = canonicalJson([each.expected, each.rollout.answer?.text ?? null]);
    kinds.set(kind, [...(kinds.get(kind) ?? []), each]);
  }
  const queues = [...kinds.values()].toSorted((a, b) => b.length - a.length);
  const chosen: ScoredRollout[] = [];
  for (let turn = 0; chosen.length < Math.min(limit, rollouts.length); turn += 1) {
    const round = queues.map((queue) => queue[turn]).filter((each) => each !== undefined);
    chosen.push(...round.slice(0, limit - chosen.length));
  }
  return chosen;
}

/** What edits are to be made from. */
export interface Studied {
  deficiencies: readonly Deficiency[];
  skills: readonly SkillFolder[];
  replay: readonly ScoredRollout[];
}

/**
 * The failures of the deficiencies, worst first, and then others of the same program, as different as they come: what
 * failed under another one may be cured by now.
 */
export function failuresShown({ deficiencies, skills, replay }: Studied, limit: number): ScoredRollout[] {
  const program = programHash(skills);
  const byTask = new Map(failedOf(replay).map((each) => [each.rollout.task, each]));
  const blamed = deficiencies.flatMap(({ tasks }) => tasks.map((task) => byTask.get(task)));
  const first = [...new Set(blamed.filter((each) => each !== undefined))];
  const others = [...byTask.values()].filter((each) => each.rollout.program === program && !first.includes(each));
  return [...first, ...chooseDiverse(others, limit)].slice(0, limit);
}

const mostKept = 4;

/** Of the tasks whose failure is shown and that went well in another sample, what went well there; then others, as different as they come. */
export function keptShown(replay: readonly ScoredRollout[], failing: readonly ScoredRollout[]): ScoredRollout[] {
  const shown = new Set(failing.map(({ rollout }) => rollout.task));
  const right = worstOfTasks(replay.filter(({ score }) => score?.value === 1));
  const contrasts = right.filter(({ rollout }) => shown.has(rollout.task));
  const others = right.filter(({ rollout }) => !shown.has(rollout.task));
  return [...contrasts, ...chooseDiverse(others, mostKept)].slice(0, mostKept);
}
