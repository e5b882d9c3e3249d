import { z } from "zod";
import { createDraw, permutation } from "../state/draw.ts";
import type { Json } from "../state/json.ts";
import type { Settings } from "../state/settings.ts";
import { scoredMean } from "./inference/score-interval.ts";
import { recall, type Policy } from "./policy.ts";

/**
 * The validation tasks a run uses, as indices in the suite: so many of them, null for all. The order is the same for every run seed, so that a smaller
 * set is the beginning of a larger one and runs with different seeds are gated on the same tasks.
 */
export function validationTasks({ validation }: { validation: number | null }, size: number): number[] {
  return permutation(size, createDraw(0, 0, "validation-order")).slice(0, validation ?? size);
}

/** What a score was measured on: its mean in 0..1, the tasks with a result, and the tasks of the suite. */
export interface MeasuredScore {
  score: number | null;
  tasks: number;
  all: number;
}

/**
 * Whether a score reaches a target: the lower end of its 95 % interval (Wilson) does, or every task of the suite was passed, as then nothing is left to
 * improve (ours [R]).
 */
export function reaches(target: number, { score, tasks, all }: MeasuredScore): boolean {
  if (score === null) return false;
  return scoredMean(score, tasks).low >= target || (score === 1 && tasks >= all);
}

/** How many validation tasks a generation uses; null for all. */
export interface ValidationSample extends Policy {
  decide(settings: Settings, memory: Json): number | null;
}

/** More tasks than any suite has. */
const most = 1_000_000;

const Size = z.strictObject({ tasks: z.int().positive().nullable() });

/**
 * The setting `validation` at first. It doubles with each generation whose head reaches the target on the sample, but not by its interval: what few
 * tasks cannot show, more can (ours [R]).
 */
export const growingSample: ValidationSample = {
  name: "validation.growing",
  version: 1,
  memory: {
    schema: Size,
    start: { tasks: null },
    maxBytes: 100,
    learn(memory, { headScore: score, headTasks: tasks, headMissing: missing }, { target, validation }) {
      const { tasks: grown } = Size.parse(memory);
      const used = grown ?? validation;
      const isReached = target !== null && score !== null && score >= target;
      // Who was measured on fewer is measured on the others first.
      if (!isReached || used === null || tasks + missing < used || reaches(target, { score, tasks, all: Infinity }))
        return { tasks: grown };
      return { tasks: Math.min(most, 2 * used) };
    },
  },
  decide: ({ validation }, memory) => Size.parse(memory).tasks ?? validation,
};

/** The settings with the validation tasks that the next generation uses in place of those at first. */
export function withSample(settings: Settings, sample: ValidationSample, memories: Record<string, Json>): Settings {
  return { ...settings, validation: sample.decide(settings, recall(sample, memories)) };
}

/** The validation tasks that a generation uses, as indices in a suite of this size. */
export function tasksInUse(
  settings: Settings,
  { sample, memories, size }: { sample: ValidationSample; memories: Record<string, Json>; size: number },
): number[] {
  return validationTasks(withSample(settings, sample, memories), size);
}
