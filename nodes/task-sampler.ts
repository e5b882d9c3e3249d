import type { Epochs } from "../policies/epochs.ts";
import { recall } from "../policies/policy.ts";
import type { Sampling } from "../policies/sampling.ts";
import { createDraw } from "../state/draw.ts";
import { memoriesOf } from "../stores/payload/opened.ts";
import type { Payload } from "../stores/payload/payload.ts";
import { emit, type RunNode } from "./node.ts";

interface Needs {
  sampling: Sampling;
  epochs?: Epochs | undefined;
  payload: Pick<Payload, "json">;
}

/** Opens a generation and draws its train tasks: to be studied, or, at the end of an epoch, to look back on it. */
export function createTaskSampler({ sampling, epochs, payload }: Needs): RunNode {
  return async function taskSampler(state, runtime) {
    const { generation: last, suites, settings } = state;
    const memories = await memoriesOf(state, payload);
    const generation = last + 1;
    const { size } = suites.train;
    const draw = createDraw(settings.seed, generation, "epoch");
    const plan = epochs?.decide({ size }, recall(epochs, memories), draw);
    const batch =
      plan?.reflects === true
        ? plan.tasks
        : sampling.decide({ size, generation, settings }, recall(sampling, memories));
    emit(runtime, { type: "generation-start", generation, tasks: batch.length, samples: settings.samples });
    return {
      generation,
      batch,
      epoch: plan === undefined ? null : { number: plan.number, reflects: plan.reflects },
    };
  };
}
