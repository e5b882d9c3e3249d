import type { SuiteRef } from "../../state/channels.ts";
import { StateError } from "../../state/errors.ts";
import type { Hash } from "../../state/json.ts";
import { seenIndices } from "../../state/seen.ts";
import { RolloutSet, TaskList, type RolloutRow, type Score, type ScoredRollout } from "../../state/task.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Payload } from "./payload.ts";
import { readScoredRollouts } from "./scored-rollouts.ts";

/** Where rollouts are kept once they are scored, and where they are read back for study. */
export interface RolloutArchive {
  save(set: RolloutSet): Promise<Hash>;
  /**
   * The rollouts of some sets, oldest set first; of each task only those of the last set with it, all of its samples. `seen` is the run's bitmap: a task
   * that is not in it is refused, so that no label of a task that was not rolled out can reach an analyst. `without` are tasks that are left out, as indices: those
   * that are to judge what is made of the others.
   */
  study(
    sets: readonly Hash[],
    from: { suite: SuiteRef; seen: string; without?: readonly number[] },
  ): Promise<ScoredRollout[]>;
}

interface Needs {
  payload: Payload;
  ledger: Ledger;
  /** Where `expected` is a pattern of right answers: an analyst does not read it. */
  expects?: "pattern" | undefined;
}

export function createRolloutArchive({ payload, ledger, expects }: Needs): RolloutArchive {
  const studied = ({ score, expected, ...rollout }: ScoredRollout): ScoredRollout => {
    const { detail: _, ...told } = score ?? {};
    return {
      ...rollout,
      score: score === null ? null : (told as Score),
      expected: expects === "pattern" ? null : expected,
    };
  };
  /** The sets of the last two studies, of a batch and of the replay window: the next ones read most of them again. */
  let [latest, earlier] = [new Map<Hash, ScoredRollout[]>(), new Map<Hash, ScoredRollout[]>()];

  return {
    save: (set) => payload.putJson(set),
    async study(sets, { suite, seen, without = [] }) {
      const tasks = await payload.json(suite.hash, TaskList);
      const byId = new Map(tasks.map((task) => [task.id, task]));
      const seenIds = new Set(seenIndices(seen).map((index) => tasks[index]?.id));
      const leftOut = new Set(without.map((index) => tasks[index]?.id));
      const last = new Map<string, ScoredRollout[]>();
      const read = async (hash: Hash) => {
        const { rows } = await payload.json(hash, RolloutSet);
        refuseUnseen(rows, seenIds);
        const opened = latest.get(hash) ?? earlier.get(hash);
        return [hash, opened ?? (await readScoredRollouts({ payload, ledger }, hash, byId)).map(studied)] as const;
      };
      // All at once: a run that is resumed on a store across a network reads its whole window.
      [latest, earlier] = [new Map(await Promise.all(sets.map(read))), latest];
      for (const hash of sets) {
        const own = new Map<string, ScoredRollout[]>();
        for (const one of (latest.get(hash) ?? []).filter(({ rollout }) => !leftOut.has(rollout.task)))
          own.set(one.rollout.task, [...(own.get(one.rollout.task) ?? []), one]);
        for (const [task, rollouts] of own) {
          last.delete(task);
          last.set(task, rollouts);
        }
      }
      return [...last.values()].flat();
    },
  };
}

function refuseUnseen(rows: readonly RolloutRow[], seen: ReadonlySet<string | undefined>): void {
  const unseen = rows.find(({ task }) => !seen.has(task));
  if (unseen === undefined) return;
  throw new StateError(`Task "${unseen.task}" was not rolled out in this run, so an analyst must not see it.`);
}
