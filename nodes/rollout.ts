import { affordableTasks } from "../policies/budget.ts";
import type { Replay } from "../policies/curriculum/replay.ts";
import type { Hash } from "../state/json.ts";
import { RolloutSet } from "../state/task.ts";
import { withSeen } from "../state/seen.ts";
import type { Executor } from "../rollouts/executor.ts";
import type { Payload } from "../stores/payload/payload.ts";
import type { RolloutArchive } from "../stores/payload/rollout-archive.ts";
import { rolloutOptions, type RunNode } from "./node.ts";

interface Needs {
  executor: Executor;
  archive: RolloutArchive;
  replay: Replay;
  payload: Pick<Payload, "json">;
}

/** Rolls out the batch under the parent, each task as often as the setting `samples` says; two parents are merged without one. From here on, and only from here on, an analyst may see those tasks. */
export function createRollout({ executor, archive, replay: policy, payload }: Needs): RunNode {
  return async function rollout({ batch, parents, suites, settings, spent, seen, replay, generation }, runtime) {
    const [program, other] = parents;
    if (program === undefined || other !== undefined || batch.length === 0) return { rollouts: null };
    const { samples } = settings;
    const indices = batch.slice(0, affordableTasks(settings, spent, batch.length));
    const request = { program, suite: "train" as const, tasks: suites.train, indices, samples };
    const set = await executor.roll(request, rolloutOptions(runtime, { generation, suite: "train" }));
    const rollouts = await archive.save(set);
    const made = await Promise.all(replay.map(async (hash) => (await payload.json(hash, RolloutSet)).program));
    const usable = replay.filter((_, place) => policy.keeps({ made: made[place] as Hash, current: program }));
    const batchesKept = Math.ceil(settings.replay / settings.batch) + 1;
    return {
      rollouts,
      seen: withSeen(seen, suites.train.size, indices),
      replay: [...usable, rollouts].slice(-batchesKept),
      spent: { rollouts: indices.length * samples, tokens: set.tokens },
    };
  };
}
