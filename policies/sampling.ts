import { z } from "zod";
import { createDraw, permutation } from "../state/draw.ts";
import type { Episode } from "../state/evidence.ts";
import type { Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import { recall, type Policy } from "./policy.ts";

/** Chooses train tasks, as indices below `size`, each at most once. */
export interface Sampling extends Policy {
  /** The key in the meta of a task that names its category, if it draws by category. */
  readonly category?: string;
  /** Maximum number of tasks that it draws, where that is not the setting `batch`. */
  readonly most?: number;
  decide(input: SamplingInput, memory: Json): number[];
}

interface SamplingInput {
  size: number;
  generation: number;
  settings: Settings;
  /** The category of each task, "" for none; given to a policy that draws by category. */
  categories?: readonly string[];
  /** Null where the recipe has none. */
  episode?: Episode | null;
}

/** How many train tasks were drawn since the start of the run. */
const Taken = z.strictObject({ taken: z.int().nonnegative() });

/** The train tasks that `epochSampling` has drawn, as it remembers them. */
export function tasksTaken(memories: Readonly<Record<string, Json>>): number {
  return Taken.parse(recall(epochSampling, memories)).taken;
}

/** Walks through a fresh permutation of all train tasks each epoch; the last batch of an epoch may be shorter. */
export const epochSampling: Sampling = {
  name: "sampling.epoch",
  version: 1,
  memory: {
    schema: Taken,
    start: { taken: 0 },
    maxBytes: 100,
    learn(memory, { batch, epoch }) {
      const { taken } = Taken.parse(memory);
      return { taken: epoch?.reflects === true ? taken : taken + batch.tasks };
    },
  },
  decide({ size, settings }, memory) {
    const { taken } = Taken.parse(memory);
    const order = permutation(size, createDraw(settings.seed, Math.floor(taken / size), "train-order"));
    return order.slice(taken % size, (taken % size) + settings.batch);
  },
};

/** Draws each batch afresh from all train tasks, without replacement. */
export const minibatchSampling: Sampling = {
  name: "sampling.minibatch",
  version: 1,
  decide({ size, generation, settings }) {
    return permutation(size, createDraw(settings.seed, generation, "minibatch")).slice(0, settings.batch);
  },
};

/** Draws none: for graphs whose generations begin without rollouts. */
export const noTasks: Sampling = { name: "sampling.none", version: 1, most: 0, decide: () => [] };
