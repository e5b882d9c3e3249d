import { affordable } from "../policies/stopping.ts";
import { withSeen } from "../state/seen.ts";
import type { Executor } from "../stores/executor.ts";
import type { RolloutArchive } from "../stores/rollout-archive.ts";
import { emit, type RunNode } from "./node.ts";

/** Rolls out the batch under the parent. From here on, and only from here on, an analyst may see those tasks. */
export function createRollout({ executor, archive }: { executor: Executor; archive: RolloutArchive }): RunNode {
  return async function rollout({ batch, parent, head, suites, settings, spent, seen, replay, generation }, runtime) {
    const indices = batch.slice(0, affordable(settings, spent, batch.length));
    const set = await executor.roll(
      { program: parent ?? head, suite: "train", tasks: suites.train, indices, sample: 0 },
      {
        control: runtime.control,
        onRollout: (row, paid) =>
          emit(runtime, {
            type: "rollout-end",
            generation,
            suite: "train",
            task: row.task,
            value: row.score?.value ?? null,
            paid,
          }),
      },
    );
    const rollouts = await archive.save(set);
    const batchesKept = Math.ceil(settings.replay / settings.batch) + 1;
    return {
      rollouts,
      seen: withSeen(seen, suites.train.size, indices),
      replay: [...replay, rollouts].slice(-batchesKept),
      spent: { rollouts: indices.length, simulations: 0 },
    };
  };
}
