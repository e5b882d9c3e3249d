import { worstOfTasks } from "../../policies/samples.ts";
import { canonicalJson } from "../../state/json.ts";
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
