import type { SuiteRef } from "../state/channels.ts";
import { StateError } from "../state/errors.ts";
import type { Hash } from "../state/json.ts";
import { seenIndices } from "../state/seen.ts";
import { Answer, questionOf, RolloutSet, TaskList, type ScoredRollout, type Task } from "../state/task.ts";
import type { Ledger } from "./ledger.ts";
import type { Payload } from "./payload.ts";

/** Where rollouts are kept once they are scored, and where they are read back for study. */
export interface RolloutArchive {
  save(set: RolloutSet): Promise<Hash>;
  /**
   * The rollouts of some sets, oldest set first, the last rollout of each task only. `seen` is the run's bitmap: a task
   * that is not in it is refused, so that no label of a task that was not rolled out can reach an analyst.
   */
  study(sets: readonly Hash[], from: { suite: SuiteRef; seen: string }): Promise<ScoredRollout[]>;
}

export function createRolloutArchive({ payload, ledger }: { payload: Payload; ledger: Ledger }): RolloutArchive {
  const opened = new Map<Hash, ScoredRollout[]>();

  async function open(hash: Hash, tasks: ReadonlyMap<string, Task>): Promise<ScoredRollout[]> {
    const known = opened.get(hash);
    if (known !== undefined) return known;
    const set = await payload.json(hash, RolloutSet);
    const answers = await ledger.answers(
      set.rows.map(({ key }) => key),
      Answer,
    );
    const { program, visible, suite } = set;
    const rollouts = set.rows.map(({ task: id, sample, key, status, reason, score }): ScoredRollout => {
      const task = tasks.get(id);
      if (task === undefined) throw new StateError(`Rollout of task "${id}" is not of the suite that is studied.`);
      const rollout = { program, visible, suite, task: id, sample, status, answer: answers.get(key) ?? null };
      return {
        rollout: reason === undefined ? rollout : { ...rollout, reason },
        question: questionOf(task),
        expected: task.expected ?? null,
        score,
      };
    });
    opened.set(hash, rollouts);
    return rollouts;
  }

  return {
    save: (set) => payload.putJson(set),
    async study(sets, { suite, seen }) {
      const list = await payload.json(suite.hash, TaskList);
      const seenTasks = new Map(
        seenIndices(seen).flatMap((index) =>
          list[index] === undefined ? [] : [[list[index].id, list[index]] as const],
        ),
      );
      const last = new Map<string, ScoredRollout>();
      for (const hash of sets) {
        for (const rollout of await open(hash, seenTasks)) {
          last.delete(rollout.rollout.task);
          last.set(rollout.rollout.task, rollout);
        }
      }
      return [...last.values()];
    },
  };
}
