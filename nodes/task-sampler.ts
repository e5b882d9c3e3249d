import { recall } from "../policies/policy.ts";
import type { Sampling } from "../policies/sampling.ts";
import { emit, type RunNode } from "./node.ts";

/** Opens a generation and draws its train tasks. */
export function createTaskSampler({ sampling }: { sampling: Sampling }): RunNode {
  return function taskSampler({ generation: last, suites, settings, memories }, runtime) {
    const generation = last + 1;
    const batch = sampling.decide({ size: suites.train.size, generation, settings }, recall(sampling, memories));
    emit(runtime, { type: "generation-start", generation, tasks: batch.length });
    return { generation, batch };
  };
}
